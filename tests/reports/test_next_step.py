"""The one thing to do next, which depends on the worst that happened."""

from __future__ import annotations

import pytest

from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport
from reconciler.model.outcome import Outcome, RunReport, Status
from reconciler.reports.next_step import after_drift, after_rejection, after_run
from tests.reports.examples import DRIFT, LIVE_REJECTION, PLAN, outcome
from tests.support.build import live, plan, slot

STOPPED = outcome(Status.ROLLED_BACK, "slot_a", gate_stopped=True)
CHANGE_IT = "Change the file of slot_a, then: reconciler apply"


@pytest.mark.parametrize(
    ("outcomes", "step"),
    [
        ([outcome(Status.VERIFIED)], ""),
        ([STOPPED, outcome(Status.SKIPPED)], CHANGE_IT),
        ([outcome(Status.FAILED, "slot_a", gate_stopped=True)], CHANGE_IT),
        ([outcome(Status.FAILED)], "Go on where this run stopped: reconciler apply"),
        ([STOPPED, outcome(Status.ROLLBACK_FAILED, "b")], "See what is live now of b: reconciler"),
        ([outcome(Status.SKIPPED)], "See why changes are skipped: reconciler plan"),
        ([outcome(Status.INCONCLUSIVE)], "See what the gate can measure: reconciler doctor"),
    ],
)
def test_after_a_run_it_depends_on_the_worst_outcome(outcomes: list[Outcome], step: str) -> None:
    said = after_run(RunReport(run_id="r", outcomes=tuple(outcomes)))
    assert said.startswith(step)
    assert bool(said) is bool(step)


def test_an_error_has_its_own_hint_and_an_interrupted_run_goes_on() -> None:
    report = RunReport(run_id="r", outcomes=(STOPPED,), error="Stale.", hint="Plan again.")
    assert after_run(report) == "Plan again."
    interrupted = RunReport(run_id="r", outcomes=(), interrupted=True)
    assert after_run(interrupted) == "Go on where this run stopped: reconciler apply"


def test_a_slot_that_is_live_although_rejected_is_to_be_changed() -> None:
    report = RunReport(run_id="r", rejected=(LIVE_REJECTION,))
    assert after_run(report).startswith("Change the file of slot_same, then: reconciler apply")


def test_a_drift_that_is_only_unapplied_is_applied() -> None:
    unapplied = dict.fromkeys(PLAN.slot_ids, Cause.NOT_APPLIED)
    report = DriftReport.of(PLAN, causes=unapplied)
    assert after_drift(report) == "To make the live slots as the files say: reconciler apply"


def test_every_command_names_the_environment_because_it_would_fail_without() -> None:
    production = {"environment": "production"}
    drifted = DRIFT.model_copy(update=production)
    steps = [
        after_run(RunReport(run_id="r", outcomes=(each,)), environment="production")
        for each in (outcome(Status.FAILED), outcome(Status.INCONCLUSIVE), STOPPED)
    ]
    steps += [
        after_drift(drifted),
        after_drift(drifted.model_copy(update={"changes": (), "rejected": (LIVE_REJECTION,)})),
        after_rejection([LIVE_REJECTION], environment="production"),
    ]
    for step in steps:
        assert step.count("reconciler ") == step.count(" --env production") > 0


def test_an_id_that_a_shell_would_obey_is_not_part_of_a_command() -> None:
    made = plan([slot("slot_a")], [live("slot_a", name="b"), live("$(reboot)")])
    hostile = made.model_copy(
        update={"changes": (made.changes[0].model_copy(update={"slot_id": "$(reboot)"}),)}
    )
    assert "reboot" not in after_drift(DriftReport.of(hostile))
    assert "pull --slot slot_city" in after_drift(DRIFT)
