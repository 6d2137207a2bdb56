"""One issue about drift, which is left alone if nothing is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import DocumentError
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from reconciler.operations.drift_issue import Followed, Step, drift_issue
from tests.operations.conftest import HEAD, Run
from tests.reports.examples import BAKES, DRIFT, METRICS, NOTHING, unmeasured

SLOTS = Path("slots")
HEALTHY = DriftReport.of(NOTHING, metrics={})
INCONCLUSIVE = {"slot_quiet": METRICS["slot_quiet"]}


def test_the_issue_follows_the_drift(run: Run) -> None:
    followed = [
        drift_issue(each, run.workflow, slots=SLOTS)
        for each in (DRIFT, DRIFT, HEALTHY, HEALTHY, DRIFT)
    ]
    assert followed == [
        Followed(step=Step.OPEN, number=None),
        Followed(step=Step.KEEP, number=1),
        Followed(step=Step.CLOSE, number=1),
        Followed(step=Step.KEEP, number=1),
        Followed(step=Step.REOPEN, number=1),
    ]
    assert len(run.github.issues) == 1


@pytest.mark.parametrize("metrics", [None, INCONCLUSIVE])
def test_nothing_is_touched_if_a_measurement_is_missing(
    run: Run, metrics: dict[str, object] | None
) -> None:
    assert drift_issue(DriftReport.of(NOTHING, metrics=metrics), run.workflow, slots=SLOTS) is None  # type: ignore[arg-type]
    assert run.github.received == []


def test_nothing_is_touched_for_a_drift_during_an_apply(run: Run) -> None:
    for found in (DRIFT, HEALTHY):
        during = found.model_copy(update={"at_work": "pid 1, run a, on host"})
        assert drift_issue(during, run.workflow, slots=SLOTS) is None
    assert run.github.received == []


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (Failure(message="401", hint="renew the secret"), "no issue was touched: 401"),
        (
            DriftReport.of(NOTHING, metrics={"slot_quiet": unmeasured(METRICS["slot_quiet"])}),
            "No slot could be measured",
        ),
    ],
)
def test_it_is_an_error_if_no_slot_could_be_measured(
    run: Run, found: DriftReport | Failure, message: str
) -> None:
    with pytest.raises(DocumentError, match=message):
        drift_issue(found, run.workflow, slots=SLOTS)
    assert run.github.received == []


FAILED_BAKE = DriftReport.of(NOTHING, metrics={}, bakes=BAKES)


def test_a_failed_bake_opens_the_issue_with_the_pull_requests_that_can_be_at_fault(
    run: Run,
) -> None:
    run.github.commit_pulls["c0ffee1"] = [
        run.github.pull(4, head=HEAD, state="closed", merged_at="2026-03-02")
    ]
    opened = drift_issue(FAILED_BAKE, run.workflow, slots=SLOTS)
    assert opened == Followed(step=Step.OPEN, number=None)
    (issue,) = run.github.issues
    assert "No drift, but 1 change failed its bake" in issue["body"]
    assert "run `20260302T090000Z-abc123`, commit c0ffee1, #4" in issue["body"]
    kept = drift_issue(FAILED_BAKE, run.workflow, slots=SLOTS)
    assert kept == Followed(step=Step.KEEP, number=1)


def test_a_pull_request_that_cannot_be_found_is_left_out(run: Run) -> None:
    drift_issue(FAILED_BAKE, run.workflow, slots=SLOTS)
    (issue,) = run.github.issues
    assert "run `20260302T090000Z-abc123`, commit c0ffee1;" in issue["body"]


def test_a_passed_bake_leaves_the_issue_alone(run: Run) -> None:
    passed = DriftReport.of(NOTHING, metrics={}, bakes=BAKES[1:])
    assert drift_issue(passed, run.workflow, slots=SLOTS) == Followed(step=Step.KEEP, number=None)
    assert run.github.issues == []
