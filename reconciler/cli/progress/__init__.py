"""What a command is doing, on standard error.

    events -> record   the lines that stay
           -> view     what is going on now, an immutable value
                 words    the view as text
                 live     on a terminal: the record above a block that is replaced
                 log      with --log-format json: a line of JSON an event, and a heartbeat
                 lines    elsewhere: lines with their time, and a heartbeat

`shown` joins them, `passes` does so for one pass after the other of a branch that is followed, and
`fleet` for a run of the fleet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from reconciler.cli.log import logs_json
from reconciler.cli.output import is_live, is_terminal
from reconciler.cli.progress.lines import Lines
from reconciler.cli.progress.live import Live
from reconciler.cli.progress.record import Record
from reconciler.cli.progress.shown import EventT, Shown, Surface
from reconciler.cli.progress.view import View, after
from reconciler.cli.progress.words import block_lines, heartbeat, stop_lines
from reconciler.model.event import Event, Warned
from reconciler.operations.services import system_clock
from reconciler.ports import Clock

HEARTBEAT_SECONDS = 15.0
_TERMINAL_HEARTBEAT_SECONDS = 5.0
"""For a person at a terminal that cannot replace lines."""


def progress() -> Progress:
    """Progress that is shown until the command ends."""
    clock = system_clock()
    shown = Progress(clock, surface(clock))
    show_until_the_end(shown)
    return shown


def progress_of_a_pass() -> Progress:
    """Progress that is shown until it is closed."""
    clock = system_clock()
    shown = Progress(clock, surface(clock))
    shown.start()
    return shown


def show_until_the_end(shown: Shown[EventT]) -> None:
    """Start to show it; the end of the command ends it."""
    shown.start()
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(shown.close)


def surface(clock: Clock) -> Surface:
    """Where events are shown: what fits standard error."""
    if logs_json():
        from reconciler.cli.progress.log import Log  # noqa: PLC0415 - the shapes of documents

        return Log(clock, heartbeat_seconds=HEARTBEAT_SECONDS)
    return Live(clock) if is_live() else Lines(clock, heartbeat_seconds=silence())


def silence() -> float:
    """After how many seconds without a line one says what is going on."""
    return _TERMINAL_HEARTBEAT_SECONDS if is_terminal() else HEARTBEAT_SECONDS


class Progress(Shown[Event]):
    """`ports.Observer` that shows one run."""

    def __init__(self, clock: Clock, surface: Surface) -> None:
        super().__init__(clock, surface, _Narration(clock))


class _Narration:
    def __init__(self, clock: Clock) -> None:
        self._lines: list[str] = []
        self._record = Record(self._lines.append)
        self._view = View(started=clock.monotonic())

    def take(self, event: Event, *, now: float) -> Sequence[str]:
        self._view = after(self._view, event, now=now)
        self._lines.clear()
        if not isinstance(event, Warned):
            self._record.add(event)
        return tuple(self._lines)

    def block(self, *, now: float, at: datetime) -> tuple[str, ...]:
        return block_lines(self._view, now=now, at=at)

    def heartbeat(self, *, now: float, at: datetime) -> str:
        return heartbeat(self._view, now=now, at=at)

    def stopping(self, *, now: float) -> tuple[str, ...]:
        return stop_lines(self._view, now=now)
