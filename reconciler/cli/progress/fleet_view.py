"""What a run of the fleet is doing at this moment, counted from its events.

Unlike the view of a single run it changes in place, because an event may come a hundred times a
second while ten thousand targets are in hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from reconciler.model.fleet_event import (
    FleetBegun,
    FleetEvent,
    RolloutHalted,
    StepBaking,
    StepBegun,
    StepEnded,
    StepJudging,
    TargetBegun,
    TargetEnded,
    TargetsWithdrawn,
)
from reconciler.model.fleet_run import FleetAction, Halt, TargetStatus


@dataclass
class StepView:
    """A step that has begun. Of its `targets`, `ended` have ended; while it is judged, `judged` of
    `to_judge` have been measured again. `failed` are the names of those that failed, besides
    `failed_before` in an earlier run."""

    targets: int
    ended: int = 0
    failed_before: int = 0
    max_failures: int = 0
    failed: set[str] = field(default_factory=set)
    baked_until: datetime | None = None
    to_judge: int = 0
    judged: int = 0
    is_over: bool = False

    @property
    def failures(self) -> int:
        """How many of its targets have failed."""
        return self.failed_before + len(self.failed)


@dataclass
class FleetView:
    """`hand` are the targets in hand, since when, the longest first. `ended` counts those that have
    ended, by status. `total` is how many targets the run has, 0 if that is not known, in
    `step_count` steps."""

    started: float
    action: FleetAction = FleetAction.APPLY
    total: int = 0
    step_count: int = 1
    steps: dict[int, StepView] = field(default_factory=dict)
    hand: dict[str, float] = field(default_factory=dict)
    ended: Counter[TargetStatus] = field(default_factory=Counter)
    halt: Halt | None = None

    def longest_in_hand(self, most: int) -> list[tuple[str, float]]:
        """The targets that are in hand for the longest time, and since when."""
        return list(islice(self.hand.items(), most))

    def take(self, event: FleetEvent, *, now: float) -> None:
        """Note an event that happened at `now`, a time of Clock.monotonic."""
        follow = _FOLLOWERS.get(type(event))
        if follow is not None:
            follow(self, event, now)

    def step(self, number: int) -> StepView:
        """The step of this number."""
        return self.steps.setdefault(number, StepView(targets=0))


def _begun(view: FleetView, event: FleetBegun, now: float) -> None:
    view.started, view.action = now, event.action
    view.total, view.step_count = event.targets, event.steps


def _step_begun(view: FleetView, event: StepBegun, _now: float) -> None:
    view.steps[event.step] = StepView(
        targets=event.targets,
        ended=event.ended,
        failed_before=event.failed,
        max_failures=event.max_failures,
    )


def _target_begun(view: FleetView, event: TargetBegun, now: float) -> None:
    view.hand.setdefault(event.target, now)


def _target_ended(view: FleetView, event: TargetEnded, _now: float) -> None:
    result = event.result
    view.hand.pop(result.name, None)
    if result.status is TargetStatus.NOT_BEGUN:
        return
    step = view.step(event.step)
    has_ended = result.status is not TargetStatus.INTERRUPTED
    if result.action is FleetAction.CHECK:
        step.judged += has_ended
    else:
        step.ended += has_ended
        view.ended[result.status] += 1
    if result.is_counted:
        step.failed.add(result.name)


def _withdrawn(view: FleetView, event: TargetsWithdrawn, _now: float) -> None:
    for name in event.targets:
        view.hand.pop(name, None)


def _baking(view: FleetView, event: StepBaking, _now: float) -> None:
    view.step(event.step).baked_until = event.until


def _judging(view: FleetView, event: StepJudging, _now: float) -> None:
    step = view.step(event.step)
    step.targets = step.targets or event.targets
    step.to_judge, step.judged, step.baked_until = event.targets, 0, None


def _step_ended(view: FleetView, event: StepEnded, _now: float) -> None:
    step = view.step(event.step)
    step.is_over, step.baked_until = True, None


def _halted(view: FleetView, event: RolloutHalted, _now: float) -> None:
    view.halt = event.halt


_FOLLOWERS: Mapping[type, Callable[[FleetView, Any, float], None]] = {
    FleetBegun: _begun,
    StepBegun: _step_begun,
    TargetBegun: _target_begun,
    TargetEnded: _target_ended,
    TargetsWithdrawn: _withdrawn,
    StepBaking: _baking,
    StepJudging: _judging,
    StepEnded: _step_ended,
    RolloutHalted: _halted,
}
