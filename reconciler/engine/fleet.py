"""The controller of a fleet: what the policy of a rollout decides is given to a dispatcher, and how
each target ended is recorded. It reaches everything outside only through `reconciler.ports`.

    next ── begin ──> submit each target ──┐
     ^  ── wait ────> collect results <────┤
     │  ── halted ──> withdraw what nobody has begun, collect what is in hand
     └─────────────── until nothing is in hand and nothing can begin now

A step that bakes is not waited for: the run ends, and a later one goes on. An interrupt withdraws
what nobody has begun, and asks those in hand to finish or roll back their change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.errors import Interrupted
from reconciler.model.fleet_event import (
    RolloutHalted,
    StepBaking,
    StepBegun,
    StepEnded,
    StepJudging,
    TargetBegun,
    TargetEnded,
    TargetsWithdrawn,
)
from reconciler.model.fleet_run import (
    FleetAction,
    StepReport,
    TargetResult,
    TargetStatus,
    Task,
)
from reconciler.planning.fleet_chain import (
    HALTED,
    STEP_ENDED,
    STEP_JUDGED,
    TARGET_ENDED,
    halted_data,
    step_ended_data,
    step_judged_data,
    target_data,
)
from reconciler.planning.rollout.decision import Begin
from reconciler.planning.rollout.policy import Rollout
from reconciler.ports import Clock, Dispatcher, FleetObserver, Halts, Ledger

POLL_SECONDS = 1.0
"""How long a request to halt may take to be noticed."""


@dataclass(frozen=True)
class FleetPorts:
    """All ports of a run of the fleet. `ledger` is that of the fleet, whose lock the run holds;
    None for a run that records nothing."""

    dispatcher: Dispatcher
    ledger: Ledger | None
    halts: Halts
    clock: Clock
    observer: FleetObserver


class Controller:
    """One run of the fleet. `task_of` makes the task of a target for an action."""

    def __init__(
        self,
        run_id: str,
        rollout: Rollout,
        *,
        task_of: Callable[[str, FleetAction], Task],
        ports: FleetPorts,
    ) -> None:
        self._run_id = run_id
        self._rollout = rollout
        self._task_of = task_of
        self._ports = ports
        self._steps: Mapping[int, StepReport] = {each.step: each for each in rollout.steps}
        self._begun: set[tuple[int, FleetAction]] = set()
        self._planned: set[str] = set()
        self._is_halted = False
        self.is_interrupted = False
        self.results: dict[str, TargetResult] = {}
        """How each target ended; a check that found it well changes nothing."""
        self.rejected: set[str] = set()
        """The identities of content that a gate rejected in this run."""

    def carry_out(self) -> None:
        """Roll out, until nothing is in hand and nothing can begin now. Raises LedgerError."""
        try:
            while self._advance():
                pass
            # An interrupt that arrives with the last result is still an interrupt.
            self._ports.clock.sleep(0)
        except Interrupted:
            self.is_interrupted = True
            with self._ports.clock.shielded():
                self._wind_down()

    def _advance(self) -> bool:
        """Do what is due now; returns whether there is more to come. Raises LedgerError, also if
        another run has the lock by now: workers begin nothing for this one any more."""
        if self._ports.ledger is not None:
            self._ports.ledger.require(0)
        decision = self._rollout.next(self._ports.clock.now())
        if isinstance(decision, Begin):
            self._begin(decision)
            return True
        if self._rollout.halted is not None and not self._is_halted:
            self._halt()
        if not self._rollout.in_hand:
            return False
        self._collect()
        self._look_for_a_halt()
        return True

    def _begin(self, decision: Begin) -> None:
        self._announce_step(self._rollout.step_of[decision.names[0]], decision.action)
        for place, name in enumerate(decision.names):
            try:
                self._ports.dispatcher.submit(self._task_of(name, decision.action))
            except Interrupted:  # the dispatcher knows nothing of these, so no result would come
                for each in decision.names[place:]:
                    self._rollout.withdrawn(each)
                raise
            step = self._rollout.step_of[name]
            self._ports.observer.notice(TargetBegun(target=name, step=step, action=decision.action))

    def _announce_step(self, step: int, action: FleetAction) -> None:
        if (step, action) in self._begun:
            return
        self._begun.add((step, action))
        report = self._steps[step]
        if action is FleetAction.CHECK:
            due = self._rollout.steps[step - 1]
            self._ports.observer.notice(StepJudging(step=step, targets=due.targets))
        else:
            self._ports.observer.notice(
                StepBegun(
                    step=step,
                    targets=report.targets,
                    ended=report.ended,
                    failed=report.failed,
                    max_failures=report.max_failures,
                )
            )

    def _collect(self) -> None:
        for result in self._ports.dispatcher.ended(within=POLL_SECONDS):
            self._take(result)

    def _take(self, result: TargetResult) -> None:
        now = self._ports.clock.now()
        if not self._rollout.ended(result, at=now):
            return  # delivered before
        step = self._rollout.step_of[result.name]
        if result.status is not TargetStatus.NOT_BEGUN:
            if result.action is not FleetAction.CHECK or result.has_failed:
                self.results[result.name] = self._slimmed(result)
            self.rejected.update(result.rejected)
            self._record(TARGET_ENDED, target_data(result, step=step))
        self._ports.observer.notice(TargetEnded(result=result, step=step))
        self._take_step(step)

    def _slimmed(self, result: TargetResult) -> TargetResult:
        """The result without its plan, if another target has the same changes: thousands of equal
        plans would only take memory."""
        if result.plan is None:
            return result
        if result.changes and result.changes not in self._planned:
            self._planned.add(result.changes)
            return result
        return result.model_copy(update={"plan": None})

    def _take_step(self, step: int) -> None:
        """Record what has become of a step, if one of its targets was the last."""
        before, now = self._steps[step], self._rollout.steps[step - 1]
        self._steps = {**self._steps, step: now}
        if now.ended == now.targets and before.ended < now.ended:
            data = step_ended_data(step, failed=now.failed, baked_until=now.baked_until)
            self._record(STEP_ENDED, data)
            if now.baked_until is not None:
                self._ports.observer.notice(StepBaking(step=step, until=now.baked_until))
        elif now.is_over and not before.is_over:
            self._record(STEP_JUDGED, step_judged_data(step, failed=now.failed))
        if now.is_over and not before.is_over:
            self._ports.observer.notice(StepEnded(step=step, failed=now.failed))

    def _look_for_a_halt(self) -> None:
        by = self._ports.halts.asked(self._run_id)
        if by is not None:
            self._rollout.halt(f"{by} asked for it")

    def _halt(self) -> None:
        """Record that nothing new begins, and withdraw what nobody has begun."""
        halt = self._rollout.halted
        if halt is None:
            return
        self._is_halted = True
        quarantined = tuple(sorted(self.rejected)) if halt.targets else ()
        self._record(HALTED, halted_data(halt, quarantined=quarantined))
        self._withdraw()  # may be interrupted, and the quarantine must be known by then
        self._ports.observer.notice(RolloutHalted(halt=halt, in_hand=len(self._rollout.in_hand)))

    def _withdraw(self) -> None:
        names = tuple(self._ports.dispatcher.withdraw())
        for name in names:
            self._rollout.withdrawn(name)
        if names:
            self._ports.observer.notice(TargetsWithdrawn(targets=names))

    def _wind_down(self) -> None:
        """Begin nothing, and collect what is in hand, which ends early."""
        self._withdraw()
        self._ports.dispatcher.stop()
        while self._rollout.in_hand:
            self._collect()
        if self._rollout.halted is not None and not self._is_halted:
            self._halt()  # too many of those in hand have failed

    def _record(self, event: str, data: Mapping[str, Any]) -> None:
        if self._ports.ledger is not None:
            self._ports.ledger.append(event, **data)
