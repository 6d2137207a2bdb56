"""What shows events until a command ends, whatever they are about.

The engine waits in its own thread, sometimes for an answer that never comes, so another one asks
the narration what is going on and draws it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from reconciler.cli.output import forget_before_results, warn, write_before_results
from reconciler.model.event import Warned
from reconciler.ports import Clock

EventT = TypeVar("EventT")
EventT_contra = TypeVar("EventT_contra", contravariant=True)


class Sight(Protocol):
    """What is going on, for the surface that draws it. `now` is a time of Clock.monotonic, which is
    `at` on the wall."""

    def block(self, *, now: float, at: datetime) -> tuple[str, ...]:
        """The lines of the live block."""
        ...

    def heartbeat(self, *, now: float, at: datetime) -> str:
        """The same on one line, for where nothing can be replaced."""
        ...


class Narration(Sight, Protocol[EventT_contra]):
    """Events in words."""

    def take(self, event: EventT_contra, *, now: float) -> Sequence[str]:
        """Note that the event has happened, and return the lines that stay of it."""
        ...

    def stopping(self, *, now: float) -> tuple[str, ...]:
        """The answer to a first interrupt. It is safe to call in a signal handler."""
        ...


class Surface(Protocol):
    """Where it is shown. It looks again every TICK_SECONDS."""

    TICK_SECONDS: float

    def tell(self, lines: Sequence[str], *, event: object) -> None:
        """Show the lines that stay of an event."""
        ...

    def tick(self, sight: Sight) -> None:
        """Show what is going on at this moment."""
        ...

    def flush(self) -> None:
        """Show what was held back."""
        ...

    def close(self) -> None:
        """Show no more; what stays, stays."""
        ...


class Shown(Generic[EventT]):
    """An observer that shows what happens and, while nothing does, what is waited for."""

    def __init__(self, clock: Clock, surface: Surface, narration: Narration[EventT]) -> None:
        self._clock = clock
        self._surface = surface
        self._narration = narration
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="progress", daemon=True)

    def notice(self, event: EventT) -> None:
        """Show the event."""
        with self._lock:
            lines = self._narration.take(event, now=self._clock.monotonic())
            if isinstance(event, Warned):
                # It is not a step, so it is shown at once, on its own.
                warn(event.message, event="warned")
            elif lines:
                self._surface.tell(lines, event=event)

    def tick(self) -> None:
        """Show what is going on at this moment."""
        with self._lock:
            if not self._ended.is_set():
                self._surface.tick(self._narration)

    def stopping(self) -> tuple[str, ...]:
        """What to say on the first interrupt. It is safe to call in a signal handler."""
        return self._narration.stopping(now=self._clock.monotonic())

    def start(self) -> None:
        """Show it until `close`."""
        write_before_results(self.flush)
        self._thread.start()

    def close(self) -> None:
        """Show no more; the record stays."""
        forget_before_results(self.flush)
        with self._lock:
            if not self._ended.is_set():
                self._ended.set()
                self._surface.close()

    def flush(self) -> None:
        """Show what was held back."""
        with self._lock:
            self._surface.flush()

    def _watch(self) -> None:
        while not self._ended.wait(self._surface.TICK_SECONDS):
            self.tick()
