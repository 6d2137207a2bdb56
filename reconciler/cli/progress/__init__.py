"""What a command is doing, on standard error.

    events -> record   the lines that stay
           -> view     what is going on now, an immutable value
                 words    the view as text
                 live     on a terminal: the record above a block that is replaced
                 log      with --log-format json: a line of JSON an event, and a heartbeat
                 lines    elsewhere: lines with their time, and a heartbeat

The engine waits in its own thread, sometimes for an answer that never comes, so another one looks
at the view and draws it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import click

from reconciler.cli.log import logs_json
from reconciler.cli.output import (
    forget_before_results,
    is_live,
    is_terminal,
    warn,
    write_before_results,
)
from reconciler.cli.progress.lines import Lines
from reconciler.cli.progress.live import Live
from reconciler.cli.progress.record import Record
from reconciler.cli.progress.view import View, after
from reconciler.cli.progress.words import stop_lines
from reconciler.model.event import Event, Warned
from reconciler.operations.services import system_clock
from reconciler.ports import Clock

_HEARTBEAT_SECONDS = 15.0
_TERMINAL_HEARTBEAT_SECONDS = 5.0
"""For a person at a terminal that cannot replace lines."""


class _Surface(Protocol):
    TICK_SECONDS: float

    def tell(self, lines: Sequence[str], *, event: Event) -> None: ...

    def tick(self, view: View) -> None: ...

    def flush(self) -> None: ...

    def close(self) -> None: ...


def progress() -> Progress:
    """Progress that is shown until the command ends."""
    clock = system_clock()
    silence = _TERMINAL_HEARTBEAT_SECONDS if is_terminal() else _HEARTBEAT_SECONDS
    shown = Progress(clock, _surface(clock, silence=silence))
    shown.start()
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(shown.close)
    return shown


def _surface(clock: Clock, *, silence: float) -> _Surface:
    if logs_json():
        from reconciler.cli.progress.log import Log  # noqa: PLC0415 - the shapes of documents

        return Log(clock, heartbeat_seconds=_HEARTBEAT_SECONDS)
    return Live(clock) if is_live() else Lines(clock, heartbeat_seconds=silence)


class Progress:
    """`ports.Observer` that shows what happens and, while nothing does, what is waited for."""

    def __init__(self, clock: Clock, surface: _Surface) -> None:
        self._clock = clock
        self._surface = surface
        self._lines: list[str] = []
        self._record = Record(self._lines.append)
        self._view = View(started=clock.monotonic())
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)

    def notice(self, event: Event) -> None:
        """Show the event."""
        with self._lock:
            self._view = after(self._view, event, now=self._clock.monotonic())
            if isinstance(event, Warned):
                # It is not a step, so it is shown at once, on its own.
                warn(event.message, event="warned")
                return
            self._lines.clear()
            self._record.add(event)
            if self._lines:
                self._surface.tell(tuple(self._lines), event=event)

    def tick(self) -> None:
        """Show what is going on at this moment."""
        with self._lock:
            if not self._ended.is_set():
                self._surface.tick(self._view)

    def stopping(self) -> tuple[str, ...]:
        """What to say on the first interrupt. It is safe to call in a signal handler."""
        return stop_lines(self._view, now=self._clock.monotonic())

    def start(self) -> None:
        """Show it until `close`."""
        write_before_results(self._flush)
        self._thread.start()

    def close(self) -> None:
        """Show no more; the record stays."""
        forget_before_results(self._flush)
        with self._lock:
            if not self._ended.is_set():
                self._ended.set()
                self._surface.close()

    def _flush(self) -> None:
        with self._lock:
            self._surface.flush()

    def _watch(self) -> None:
        while not self._ended.wait(self._surface.TICK_SECONDS):
            self.tick()
