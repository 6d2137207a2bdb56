"""One issue about drift, which is left alone if nothing is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import DocumentError
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from reconciler.operations.drift_issue import Followed, Step, drift_issue
from tests.operations.conftest import Run
from tests.reports.examples import DRIFT, METRICS, NOTHING, unmeasured

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
