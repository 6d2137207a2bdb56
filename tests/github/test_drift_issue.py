"""What is done to our issue: every row and column of the table."""

from __future__ import annotations

import pytest

from reconciler.github.drift_issue import (
    Drift,
    DriftState,
    IssueState,
    Step,
    foremost,
    state_of,
    step_for,
)
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.gate import VerdictResult
from reconciler.model.github import Account, Issue
from reconciler.model.plan import Plan
from tests.reports.examples import NOTHING, REJECTED, REJECTION
from tests.support.build import plan, slot

SAME, OTHER, HEALTHY = Drift.SAME, Drift.OTHER, Drift.HEALTHY


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (IssueState.NONE, {SAME: Step.KEEP, OTHER: Step.OPEN, HEALTHY: Step.KEEP}),
        (IssueState.OPEN, {SAME: Step.KEEP, OTHER: Step.UPDATE, HEALTHY: Step.CLOSE}),
        (IssueState.CLOSED_BY_US, {SAME: Step.REOPEN, OTHER: Step.REOPEN, HEALTHY: Step.KEEP}),
        (IssueState.CLOSED_BY_A_PERSON, {SAME: Step.KEEP, OTHER: Step.REOPEN, HEALTHY: Step.KEEP}),
    ],
)
def test_each_state_and_drift_has_its_step(state: IssueState, steps: dict[Drift, Step]) -> None:
    assert {drift: step_for(state, drift) for drift in Drift} == steps


def issue(number: int, *, is_open: bool) -> Issue:
    return Issue(number=number, author=Account(login="bot"), title="t", body="b", is_open=is_open)


def test_the_oldest_open_issue_counts_or_else_the_newest() -> None:
    shut, early, late = issue(9, is_open=False), issue(3, is_open=True), issue(5, is_open=True)
    assert foremost([shut, late, early]) == early
    assert foremost([issue(2, is_open=False), shut]) == shut
    assert foremost([]) is None


def found(made: Plan, *verdicts: str, measured: bool = True) -> DriftReport:
    """A drift report with one slot for each verdict."""
    return DriftReport.of(
        made,
        metrics={
            f"slot_{number}": SlotHealth(
                min_success_rate=0.85, result=VerdictResult(each), measured=measured
            )
            for number, each in enumerate(verdicts)
        },
    )


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (found(REJECTED), DriftState.DRIFTED),
        (DriftReport.of(REJECTED), DriftState.DRIFTED),
        (found(REJECTED, "inconclusive"), DriftState.DRIFTED),
        (found(plan([slot("slot_quiet")]).rejecting([REJECTION])), DriftState.DRIFTED),
        (found(NOTHING, "failed"), DriftState.DRIFTED),
        (found(NOTHING, "failed", "inconclusive"), DriftState.DRIFTED),
        (found(NOTHING, "passed", "inconclusive"), DriftState.UNKNOWN),
        (found(NOTHING, "inconclusive", measured=False), DriftState.UNMEASURED),
        (DriftReport.of(NOTHING), DriftState.UNKNOWN),
        (found(NOTHING), DriftState.HEALTHY),
        (found(NOTHING, "passed", "passed"), DriftState.HEALTHY),
    ],
)
def test_a_report_is_healthy_only_if_nothing_differs_and_every_slot_passed(
    report: DriftReport, state: DriftState
) -> None:
    assert state_of(report) is state
