"""The controller of a fleet, with a dispatcher whose targets end as each test says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from reconciler.engine.fleet import Controller, FleetPorts
from reconciler.errors import LedgerError
from reconciler.model.fleet import Amount, Fleet, FleetRollout, Step
from reconciler.model.fleet_event import (
    RolloutHalted,
    StepBaking,
    StepBegun,
    StepEnded,
    StepJudging,
    TargetBegun,
    TargetEnded,
)
from reconciler.model.fleet_history import FleetRun, PlannedStep, RecordedStep
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.planning.fleet_chain import FLEET_STARTED, started_data
from reconciler.planning.fleet_history import fleet_history
from reconciler.planning.rollout.policy import Rollout
from reconciler.planning.rollout.stages import arranged
from tests.support.clock import VirtualClock
from tests.support.fleet import (
    AskedToHalt,
    FleetRecorder,
    ScriptedDispatcher,
    Tape,
    counted,
    fleet_of,
)

NAMES = tuple(f"t{number}/production" for number in range(8))
CANARY = (Step(targets=Amount(count=2)), Step())
BAKED = (Step(targets=Amount(count=2), bake_hours=1), Step())
REJECTED, VERIFIED, UNHEALTHY = (
    TargetStatus.REJECTED,
    TargetStatus.VERIFIED,
    TargetStatus.UNHEALTHY,
)


class Run:
    """A run of the controller over a fleet."""

    def __init__(
        self,
        fleet: Fleet,
        *,
        clock: VirtualClock | None = None,
        past: FleetRun | None = None,
        halt_after: int | None = None,
        interrupt_after: int | None = None,
        interrupt_submitting: str | None = None,
        interrupt_withdrawing: bool = False,
        lock_expires_at: float = math.inf,
        **script: Any,
    ) -> None:
        self.clock = clock or VirtualClock()
        self.stages = arranged(fleet.rollout, fleet.targets, salt="files")
        self.rollout = Rollout(fleet.rollout, targets=fleet.targets, stages=self.stages, past=past)
        self.dispatcher = ScriptedDispatcher(self.clock, **script)
        self.dispatcher.interrupt_after = interrupt_after
        self.dispatcher.interrupt_submitting = interrupt_submitting
        self.dispatcher.interrupt_withdrawing = interrupt_withdrawing
        self.tape = Tape("run_1", clock=self.clock, expires_at=lock_expires_at)
        planned = [
            RecordedStep(
                planned=PlannedStep(
                    targets=len(each.names),
                    max_failures=each.max_failures,
                    bake_seconds=each.bake_seconds,
                )
            )
            for each in self.stages
        ]
        begun = FleetRun(
            run_id="run_1",
            started_at=self.clock.now(),
            action=FleetAction.APPLY,
            targets=len(fleet.targets),
            steps=tuple(planned),
        )
        self.tape.append(FLEET_STARTED, **started_data(begun))
        self.seen = FleetRecorder()
        self.controller = Controller(
            "run_1",
            self.rollout,
            task_of=lambda name, action: Task(run_id="run_1", action=action, target=name),
            ports=FleetPorts(
                dispatcher=self.dispatcher,
                ledger=self.tape,
                halts=AskedToHalt(self.dispatcher, after=halt_after),
                clock=self.clock,
                observer=self.seen,
            ),
        )
        self.controller.carry_out()

    @property
    def results(self) -> Sequence[TargetResult]:
        return tuple(self.controller.results.values())

    @property
    def begun(self) -> list[str]:
        return [each.target for each in self.dispatcher.begun]

    @property
    def recorded(self) -> FleetRun:
        """The run as its chain has it, for one that goes on."""
        (run,) = fleet_history(self.tape.lines).runs
        return run


def rolled(*steps: Step, **settings: Any) -> Fleet:
    return fleet_of(*NAMES, rollout=FleetRollout(steps=steps or (Step(),), **settings))


def test_each_target_is_begun_once_and_its_end_recorded() -> None:
    run = Run(rolled())
    assert sorted(run.begun) == sorted(NAMES)
    assert counted(run.results) == {VERIFIED: 8}
    assert not run.controller.is_interrupted
    assert sorted(each["target"] for each in run.tape.of("target_ended")) == sorted(NAMES)
    assert [each["failed"] for each in run.tape.of("step_ended")] == [0]
    assert run.rollout.steps[0].is_done


def test_a_listener_hears_of_each_step_and_target_in_order() -> None:
    run = Run(rolled(*CANARY))
    kinds = [type(each) for each in run.seen.events]
    begun, ended = kinds.index(StepBegun), kinds.index(StepEnded)
    assert kinds[:2] == [StepBegun, TargetBegun]
    assert [each.step for each in run.seen.of(StepBegun)] == [1, 2]  # type: ignore[union-attr]
    assert [each.step for each in run.seen.of(StepEnded)] == [1, 2]  # type: ignore[union-attr]
    assert begun < ended
    assert len(run.seen.of(TargetEnded)) == len(NAMES)


def test_a_canary_that_is_rejected_leaves_all_others_untouched() -> None:
    fleet = rolled(*CANARY)
    first = arranged(fleet.rollout, fleet.targets, salt="files")[0].names
    run = Run(fleet, ends={first[0]: [REJECTED]}, rejected={first[0]: ("content",)})
    assert set(run.begun) <= set(first)
    assert run.rollout.halted is not None
    (halted,) = run.tape.of("halted")
    assert halted["targets"] == [first[0]]
    assert halted["quarantined"] == ["content"]
    assert len(run.seen.of(RolloutHalted)) == 1


def test_what_was_queued_and_not_begun_is_withdrawn_when_the_rollout_halts() -> None:
    run = Run(rolled(), ends={name: [REJECTED] for name in NAMES}, parallel=2)
    assert len(run.begun) == 3, "the first, and the two that were in hand"
    assert len(run.rollout.not_begun) == len(NAMES) - 3


def test_a_controller_that_has_lost_its_lock_ends_because_nobody_begins_anything_for_it() -> None:
    never = {name: [TargetStatus.NOT_BEGUN] * 1000 for name in NAMES}
    with pytest.raises(LedgerError, match="has expired"):
        Run(rolled(), ends=never, lock_expires_at=600.0)


def test_failures_up_to_the_limit_do_not_halt() -> None:
    run = Run(rolled(max_failures=Amount(count=2)), ends={name: [REJECTED] for name in NAMES[:2]})
    assert run.rollout.halted is None
    assert counted(run.results) == {REJECTED: 2, VERIFIED: 6}


def test_a_step_that_bakes_ends_the_run_before_the_next_step() -> None:
    run = Run(rolled(*BAKED))
    assert set(run.begun) == set(run.stages[0].names)
    (ended,) = run.tape.of("step_ended")
    assert ended["baked_until"] is not None
    assert len(run.seen.of(StepBaking)) == 1
    assert not run.rollout.steps[0].is_done


def test_a_bake_counts_by_the_controllers_clock_alone() -> None:
    run = Run(rolled(*BAKED), ahead=timedelta(hours=-1))
    (baking,) = (each for each in run.rollout.steps if each.baked_until is not None)
    assert baking.baked_until == run.clock.now() + timedelta(hours=1)


def test_a_later_run_judges_what_has_baked_and_goes_on() -> None:
    first = Run(rolled(*BAKED))
    first.clock.advance(3600.0)
    second = Run(rolled(*BAKED), clock=first.clock, past=first.recorded)
    checks = [each for each in second.dispatcher.begun if each.action is FleetAction.CHECK]
    assert {each.target for each in checks} == set(first.stages[0].names)
    assert {*first.begun, *second.begun} == set(NAMES)
    assert len(second.begun) == len(NAMES), "two were checked, six applied"
    assert [each["step"] for each in second.tape.of("step_judged")] == [1]
    assert len(second.seen.of(StepJudging)) == 1
    assert all(each.is_done for each in second.rollout.steps)


def test_a_run_before_a_step_has_baked_begins_nothing() -> None:
    first = Run(rolled(*BAKED))
    second = Run(rolled(*BAKED), clock=first.clock, past=first.recorded)
    assert second.begun == []


def test_a_target_that_is_unhealthy_after_the_bake_halts_the_rollout() -> None:
    first = Run(rolled(*BAKED))
    first.clock.advance(3600.0)
    ends = {first.stages[0].names[0]: [UNHEALTHY]}
    second = Run(rolled(*BAKED), clock=first.clock, past=first.recorded, ends=ends)
    assert second.rollout.halted is not None
    assert set(second.begun) <= set(first.stages[0].names)
    assert counted(second.results)[UNHEALTHY] == 1


def test_a_good_check_does_not_hide_that_the_target_was_changed() -> None:
    first = Run(rolled(Step(bake_hours=1)))
    first.clock.advance(3600.0)
    ends = {name: [TargetStatus.IN_SYNC] for name in NAMES}
    second = Run(rolled(Step(bake_hours=1)), clock=first.clock, past=first.recorded, ends=ends)
    assert all(each.is_done for each in second.rollout.steps)
    assert [each["phase"] for each in second.tape.of("target_ended")] == ["check"] * len(NAMES)


def test_a_request_to_halt_begins_nothing_new_and_blames_no_content() -> None:
    run = Run(rolled(), halt_after=3, parallel=1)
    assert len(run.begun) == 4, "three, and the one that was in hand"
    (halted,) = run.tape.of("halted")
    assert halted["reason"] == "ada asked for it"
    assert halted["targets"] == []
    assert halted["quarantined"] == []


def test_an_interrupt_stops_those_in_hand_and_records_how_they_ended() -> None:
    run = Run(rolled(), interrupt_after=3, parallel=2)
    assert run.controller.is_interrupted
    assert run.dispatcher.is_stopped
    assert counted(run.results) == {VERIFIED: 3, TargetStatus.INTERRUPTED: 2}
    assert run.rollout.halted is None, "nothing has failed"
    assert len(run.tape.of("target_ended")) == 5
    assert not run.rollout.in_hand


def test_an_interrupt_while_a_target_is_submitted_does_not_wait_for_those_that_were_not() -> None:
    fleet = rolled()
    third = arranged(fleet.rollout, fleet.targets, salt="files")[0].names[2]
    run = Run(fleet, interrupt_submitting=third)
    assert run.controller.is_interrupted
    assert len(run.begun) == 2
    assert counted(run.results) == {TargetStatus.INTERRUPTED: 2}
    assert len(run.rollout.not_begun) == len(NAMES), "those that were interrupted, too"


def test_a_halt_is_recorded_even_if_it_is_interrupted() -> None:
    run = Run(
        rolled(),
        parallel=2,
        ends={name: [REJECTED] for name in NAMES},
        rejected=dict.fromkeys(NAMES, ("content",)),
        interrupt_withdrawing=True,
    )
    assert run.controller.is_interrupted
    (halted,) = run.tape.of("halted")
    assert halted["quarantined"] == ["content"]


def test_too_many_failures_of_those_that_an_interrupt_leaves_in_hand_halt_the_rollout() -> None:
    run = Run(
        rolled(max_failures=Amount(count=1)),
        parallel=3,
        interrupt_after=1,
        ends={name: [REJECTED] for name in NAMES},
        rejected=dict.fromkeys(NAMES, ("content",)),
    )
    assert run.controller.is_interrupted
    (halted,) = run.tape.of("halted")
    assert halted["reason"] == "2 failed, 1 allowed"
    assert halted["quarantined"] == ["content"]
    assert len(run.seen.of(RolloutHalted)) == 1


def test_a_step_whose_last_targets_were_interrupted_has_not_ended() -> None:
    run = Run(rolled(*BAKED), interrupt_after=1)
    assert run.controller.is_interrupted
    assert counted(run.results) == {VERIFIED: 1, TargetStatus.INTERRUPTED: 1}
    assert run.tape.of("step_ended") == []
    assert run.seen.of(StepEnded, StepBaking) == []
    assert [(each.ended, each.is_done) for each in run.rollout.steps] == [(1, False), (0, False)]
    assert run.recorded.step_reports[0].ended == 1


def test_a_check_that_was_interrupted_has_judged_nothing() -> None:
    clock = VirtualClock()
    first = Run(rolled(*BAKED), clock=clock)
    clock.advance(2 * 3600)
    second = Run(rolled(*BAKED), clock=clock, past=first.recorded, interrupt_after=1)
    assert counted(second.results) == {TargetStatus.INTERRUPTED: 1}
    assert second.tape.of("step_judged") == []
    assert not second.rollout.steps[0].is_done
    third = Run(rolled(*BAKED), clock=clock, past=first.recorded)
    assert [each.action for each in third.dispatcher.begun][:2] == [FleetAction.CHECK] * 2


def test_an_interrupt_that_arrives_with_the_last_result_is_still_an_interrupt() -> None:
    clock = VirtualClock()
    clock.interrupt_after(1)
    run = Run(rolled(), clock=clock)
    assert counted(run.results) == {VERIFIED: 8}
    assert run.controller.is_interrupted


def test_a_result_that_is_delivered_twice_counts_once() -> None:
    run = Run(rolled(), repeats=True)
    assert len(run.tape.of("target_ended")) == len(NAMES)
    assert run.rollout.steps[0].ended == len(NAMES)


def test_a_target_that_a_worker_did_not_begin_is_begun_again_and_not_recorded() -> None:
    run = Run(rolled(), ends={NAMES[0]: [TargetStatus.NOT_BEGUN, VERIFIED]})
    assert run.begun.count(NAMES[0]) == 2
    assert len(run.tape.of("target_ended")) == len(NAMES)
