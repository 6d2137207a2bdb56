"""What a run of the fleet is doing, on standard error: on a terminal a line a step and the targets
that are longest in hand, elsewhere a line for each target that has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import singledispatch

import click

from reconciler.cli.log import logs_json
from reconciler.cli.options import is_verbose
from reconciler.cli.output import is_live
from reconciler.cli.progress import HEARTBEAT_SECONDS, show_until_the_end, silence
from reconciler.cli.progress.fleet_view import FleetView, StepView
from reconciler.cli.progress.lines import Lines
from reconciler.cli.progress.live import Live
from reconciler.cli.progress.shown import Shown, Surface
from reconciler.model.duration import duration
from reconciler.model.fleet_event import (
    FleetBegun,
    FleetEvent,
    RolloutHalted,
    StepBaking,
    StepBegun,
    StepEnded,
    StepJudging,
    TargetEnded,
)
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus
from reconciler.operations.services import system_clock
from reconciler.ports import Clock
from reconciler.reports.escaping import plain
from reconciler.reports.fleet.rows import result_line
from reconciler.reports.fleet.words import status_counts
from reconciler.reports.numbers import counted

_MOST_IN_HAND = 10
_MOST_STEPS = 5
_DOING = {
    FleetAction.PLAN: "planning",
    FleetAction.APPLY: "applying",
    FleetAction.DRIFT: "comparing",
    FleetAction.CHECK: "measuring",
}

FleetProgress = Shown[FleetEvent]
"""`ports.FleetObserver` that shows a run of the fleet."""


def fleet_progress() -> FleetProgress:
    """Progress of a fleet that is shown until the command ends."""
    clock = system_clock()
    # The live block counts what goes well; without one, each target has a line.
    worth_a_line = _failed if is_live() and not is_verbose() else _every
    shown: FleetProgress = Shown(clock, _surface(clock), FleetNarration(clock, worth_a_line))
    show_until_the_end(shown)
    return shown


def _failed(result: TargetResult) -> bool:
    return result.has_failed


def _every(result: TargetResult) -> bool:
    return result.status is not TargetStatus.NOT_BEGUN


def _surface(clock: Clock) -> Surface:
    if logs_json():
        from reconciler.cli.progress.log import Log  # noqa: PLC0415 - the shapes of documents

        return Log(clock, heartbeat_seconds=HEARTBEAT_SECONDS)
    return Live(clock) if is_live() else TargetLines(clock, heartbeat_seconds=silence())


class TargetLines(Lines):
    """As `Lines`, but what waits for its second is not put on one line: each target has its own."""

    def joined(self, lines: Sequence[str]) -> Sequence[str]:
        """The lines as they are."""
        return lines


class FleetNarration:
    """A run of the fleet in words. `worth_a_line` says of which results a line stays."""

    def __init__(self, clock: Clock, worth_a_line: Callable[[TargetResult], bool]) -> None:
        self._view = FleetView(started=clock.monotonic())
        self._worth_a_line = worth_a_line

    def take(self, event: FleetEvent, *, now: float) -> Sequence[str]:
        """Note the event, and return the lines that stay of it."""
        self._view.take(event, now=now)
        if isinstance(event, TargetEnded):
            return (result_line(event.result),) if self._worth_a_line(event.result) else ()
        line = _said(event, self._view)
        return (line,) if line else ()

    def block(self, *, now: float, at: datetime) -> tuple[str, ...]:  # noqa: ARG002 - no wait ends
        """A line for each step that is not over, the targets that are longest in hand, and the
        counts of the run."""
        view = self._view
        return (*_step_lines(view), *_hand_lines(view, now=now), _count_line(view, now=now))

    def heartbeat(self, *, now: float, at: datetime) -> str:  # noqa: ARG002 - as above
        """The steps and the counts."""
        lines = (*_step_lines(self._view), _count_line(self._view, now=now))
        return "; ".join(line.strip() for line in lines)

    def stopping(self, *, now: float) -> tuple[str, ...]:  # noqa: ARG002 - nobody knows how long
        """What is waited for, and what a second interrupt would leave behind."""
        in_hand = len(self._view.hand)
        if not in_hand:
            return ("Stopping. Press again to stop immediately.",)
        if self._view.action is not FleetAction.APPLY:
            return (f"Stopping after {counted(in_hand, 'target')}.", "Press again to stop at once.")
        return (
            f"Stopping. {counted(in_hand, 'target')} in hand: each finishes its change or rolls it "
            "back.",
            "Press again to stop immediately. The next apply would recover what that leaves open.",
        )


@singledispatch
def _said(_event: FleetEvent, _view: FleetView) -> str:
    """What stays of an event; "" if there is nothing to say."""
    return ""


@_said.register
def _(event: FleetBegun, _view: FleetView) -> str:
    goes_on = f", going on with {plain(event.continues)}" if event.continues else ""
    run = f"run {plain(event.run_id)}" if event.run_id else _DOING[event.action]
    return f"{run}: {counted(event.targets, 'target')}{goes_on}"


@_said.register
def _(event: StepBegun, view: FleetView) -> str:
    if view.step_count <= 1:
        return ""
    return f"{_step(event.step, view)} begins: {counted(event.targets, 'target')}"


@_said.register
def _(event: StepBaking, view: FleetView) -> str:
    return f"{_step(event.step, view)} bakes until {event.until:%Y-%m-%d %H:%M} UTC"


@_said.register
def _(event: StepJudging, view: FleetView) -> str:
    return f"{_step(event.step, view)} has baked; measuring {counted(event.targets, 'target')}"


@_said.register
def _(event: StepEnded, view: FleetView) -> str:
    if view.step_count <= 1:
        return ""
    failed = f", {event.failed} failed" if event.failed else ""
    return f"{_step(event.step, view)} has ended{failed}"


@_said.register
def _(event: RolloutHalted, view: FleetView) -> str:
    halted = click.style("halted", fg="red", bold=True)
    hand = f"; waiting for {event.in_hand} in hand" if event.in_hand else ""
    return f"{halted} in {_step(event.halt.step, view)}: {plain(event.halt.reason)}{hand}"


def _step(number: int, view: FleetView) -> str:
    return f"step {number} of {view.step_count}" if view.step_count > 1 else "the only step"


def _step_lines(view: FleetView) -> Iterator[str]:
    going_on = [(number, step) for number, step in view.steps.items() if not step.is_over]
    for number, step in going_on[-_MOST_STEPS:]:
        name = _step(number, view) if view.step_count > 1 else _DOING[view.action]
        yield f"{name}: {_step_words(step)}"


def _step_words(step: StepView) -> str:
    failures = step.failures
    failed = f", {failures} failed ({step.max_failures} allowed)" if failures else ""
    if step.to_judge:
        return f"measured {step.judged} of {counted(step.to_judge, 'target')}{failed}"
    if step.baked_until is not None:
        return f"bakes until {step.baked_until:%Y-%m-%d %H:%M} UTC{failed}"
    return f"{step.ended} of {counted(step.targets, 'target')}{failed}"


def _hand_lines(view: FleetView, *, now: float) -> Iterator[str]:
    longest = view.longest_in_hand(_MOST_IN_HAND)
    for name, since in longest:
        yield f"    {plain(name)}, {duration(max(now - since, 0.0))}"
    others = len(view.hand) - len(longest)
    if others:
        yield f"    and {counted(others, 'other')} in hand"


def _count_line(view: FleetView, *, now: float) -> str:
    ended = f"{status_counts(view.ended)}; " if view.ended else ""
    hand = f"{len(view.hand)} in hand, " if view.hand else ""
    halted = "halted; " if view.halt is not None else ""
    return f"    {halted}{ended}{hand}{duration(now - view.started)} so far"
