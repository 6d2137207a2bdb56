"""What became of a run, as its lines say."""

from __future__ import annotations

import pytest

from reconciler.model.audit import RecordedRun, RunState, recorded_runs
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import FleetAction, TargetStatus
from tests.support.fleet_chain import Chain, result


def run_of(
    *statuses: TargetStatus, action: FleetAction = FleetAction.APPLY, at_work: str | None = None
) -> RecordedRun:
    """The run of a fleet whose targets end so; without any, it does not end."""
    chain = Chain()
    chain.start(
        "fleet_1",
        PlannedStep(targets=len(statuses)),
        action=action,
        actor="ada",
        commit="c0ffee",
        reason="why",
    )
    for number, status in enumerate(statuses):
        chain.end(result(f"tenant-{number}/live", status))
    if statuses:
        chain.finish()
    (run,) = recorded_runs(chain.entries, at_work=at_work)
    return run


def test_a_run_of_a_fleet_counts_its_targets() -> None:
    run = run_of(TargetStatus.VERIFIED, TargetStatus.IN_SYNC, TargetStatus.VERIFIED)
    assert run.state is RunState.FINISHED
    assert (run.command, run.actor, run.commit, run.reason) == (
        "fleet apply",
        "ada",
        "c0ffee",
        "why",
    )
    assert (run.origin, run.bot_id) == (None, None)
    assert run.summary == {"verified": 2, "in_sync": 1}
    assert run.seconds == 4


@pytest.mark.parametrize(
    ("statuses", "outcome"),
    [
        ((TargetStatus.IN_SYNC,), "nothing_changed"),
        ((TargetStatus.IN_SYNC, TargetStatus.VERIFIED), "verified"),
        ((TargetStatus.VERIFIED, TargetStatus.STALE, TargetStatus.FAILED), "failed"),
        ((TargetStatus.FAILED, TargetStatus.REJECTED, TargetStatus.VERIFIED), "rejected"),
        ((TargetStatus.DIFFERS, TargetStatus.IN_SYNC), "differs"),
        ((TargetStatus.NOT_BEGUN, TargetStatus.IN_SYNC), "nothing_changed"),
    ],
)
def test_the_outcome_of_a_fleet_is_the_worst_of_its_targets(
    statuses: tuple[TargetStatus, ...], outcome: str
) -> None:
    assert run_of(*statuses).outcome == outcome


def test_a_run_of_a_fleet_without_an_end_is_running_or_never_finished() -> None:
    assert run_of().state is RunState.NEVER_FINISHED
    assert run_of(at_work="pid 1, run fleet_1, on host").state is RunState.RUNNING
    assert run_of(action=FleetAction.DRIFT).command == "fleet drift"
