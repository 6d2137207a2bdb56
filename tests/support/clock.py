"""A clock that the test moves: hours pass in no time, and always the same ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from reconciler.errors import Interrupted


class VirtualClock:
    """Implements `reconciler.ports.Clock`; sleeping moves it on at once."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)) -> None:
        """Begin at `start`, an aware datetime."""
        self._start = start
        self._elapsed = 0.0
        self._interrupt_at = math.inf
        self._shields = 0
        self._interrupt_when_listened_for: float | None = None

    def now(self) -> datetime:
        """The wall-clock time."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """The seconds since the clock was made."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Wait, virtually; an interrupt on the way ends it there, unless it is shielded."""
        end = self._elapsed + max(0.0, seconds)
        if self._interrupt_at <= end and not self._shields:
            self._elapsed = max(self._elapsed, self._interrupt_at)
            raise Interrupted
        self._elapsed = end

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Within it an interrupt waits."""
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Within it, an interrupt arrives as `interrupt_when_listened_for` asked."""
        if self._interrupt_when_listened_for is not None:
            self.interrupt_after(self._interrupt_when_listened_for)
        try:
            yield
        finally:
            if self._interrupt_when_listened_for is not None:
                self.interrupt_after(math.inf)

    def interrupt_when_listened_for(self, seconds: float | None) -> None:
        """Let an interrupt arrive so long after each moment from which a command listens for it;
        None for never."""
        self._interrupt_when_listened_for = seconds

    def interrupt_after(self, seconds: float) -> None:
        """Let an interrupt arrive; from then on every sleep outside a shield raises it."""
        self._interrupt_at = self._elapsed + seconds

    def advance(self, seconds: float) -> None:
        """Let time pass while nobody waits; raises `ValueError` for a step back."""
        if seconds < 0:
            raise ValueError(f"time does not go back by {-seconds} s")
        self._elapsed += seconds
