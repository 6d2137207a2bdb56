"""Which changes and slots a drift consists of, and its exit code."""

from __future__ import annotations

import pytest

from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.gate import Rejection, VerdictResult
from tests.support.build import live, plan, slot

IN_SYNC = plan([slot("a")], [live("a"), live("theirs")])
DRIFTED = plan([slot("a"), slot("b")], [live("b", name="another")])
LIVE = Rejection(run_id="r", slot_id="a", reason="fell", live=True)


def health(result: VerdictResult, *, measured: bool = True) -> SlotHealth:
    return SlotHealth(min_success_rate=0.8, result=result, measured=measured)


PASSED = health(VerdictResult.PASSED)
FAILED = health(VerdictResult.FAILED)
UNSURE = health(VerdictResult.INCONCLUSIVE)
BLIND = health(VerdictResult.INCONCLUSIVE, measured=False)


def test_a_drift_takes_its_values_from_its_plan() -> None:
    report = DriftReport.of(DRIFTED)
    assert report.digest == DRIFTED.digest
    assert report.endpoint == DRIFTED.endpoint
    assert report.desired_digest == DRIFTED.desired_digest
    assert report.changes == DRIFTED.changes
    assert report.summary == DRIFTED.drift_summary
    assert DriftReport.of(IN_SYNC).unmanaged == ("theirs",)


def test_a_rejected_change_is_skipped_and_its_dependents_still_drift() -> None:
    made = plan([slot("a"), slot("b", "a")])
    report = DriftReport.of(made.rejecting([LIVE.model_copy(update={"live": False})]))
    assert [change.slot_id for change in report.changes] == ["b"]
    assert (report.summary.create, report.summary.skipped) == (1, 1)
    assert [each.slot_id for each in report.rejected] == ["a"]


def test_a_drift_has_only_the_causes_of_its_own_changes() -> None:
    causes = {"a": Cause.NOT_APPLIED, "theirs": Cause.CHANGED_IN_TENANT}
    assert DriftReport.of(DRIFTED, causes=causes).causes == {"a": Cause.NOT_APPLIED}


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (DriftReport.of(IN_SYNC), 0),
        (DriftReport.of(IN_SYNC, metrics={}), 0),
        (DriftReport.of(IN_SYNC, metrics={"a": PASSED}), 0),
        (DriftReport.of(IN_SYNC, metrics={"a": UNSURE}), 0),
        (DriftReport.of(IN_SYNC, metrics={"a": BLIND}), 1),
        (DriftReport.of(IN_SYNC, metrics={"a": BLIND, "b": PASSED}), 0),
        (DriftReport.of(IN_SYNC, metrics={"a": BLIND, "b": FAILED}), 3),
        (DriftReport.of(DRIFTED, metrics={"a": FAILED}), 2),
        (DriftReport.of(DRIFTED, metrics={"a": BLIND}), 2),
        (DriftReport.of(DRIFTED), 2),
        (DriftReport.of(IN_SYNC.rejecting([LIVE])), 2),
    ],
)
def test_the_exit_code_is_for_drift_first_then_for_gates_then_for_missing_metrics(
    report: DriftReport, code: int
) -> None:
    assert report.exit_code == code


def test_the_slots_with_a_verdict_are_sorted_by_id() -> None:
    metrics = {"c": FAILED, "a": FAILED, "b": PASSED}
    report = DriftReport.of(IN_SYNC, metrics=metrics)
    assert list(report.judged(VerdictResult.FAILED)) == ["a", "c"]
    assert list(report.judged(VerdictResult.INCONCLUSIVE)) == []
    assert DriftReport.of(IN_SYNC).judged(VerdictResult.PASSED) == {}
