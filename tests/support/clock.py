"""A clock that the test moves: hours pass instantly and reproducibly."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone

from reconciler.errors import Interrupted


class VirtualClock:
    """Implements `reconciler.ports.Clock`; sleeping advances it instantly."""

    def __init__(self, start: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)) -> None:
        """Start at `start`, an aware datetime."""
        self._start = start
        self._elapsed = 0.0
        self._interrupt_at = math.inf
        self._shields = 0
        self._interrupt_when_listened_for: float | None = None

    def now(self) -> datetime:
        """The wall-clock time."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds since the clock was created."""
        return self._elapsed

    def boottime(self) -> float:
        """The same: this machine is never suspended."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Advance the clock; an interrupt that falls into the sleep ends it, unless shielded."""
        end = self._elapsed + max(0.0, seconds)
        if self._interrupt_at <= end and not self._shields:
            self._elapsed = max(self._elapsed, self._interrupt_at)
            raise Interrupted
        self._elapsed = end

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Defer interrupts until the block ends."""
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Inside the block, an interrupt arrives as set by `interrupt_when_listened_for`."""
        if self._interrupt_when_listened_for is not None:
            self.interrupt_after(self._interrupt_when_listened_for)
        try:
            yield
        finally:
            if self._interrupt_when_listened_for is not None:
                self.interrupt_after(math.inf)

    def interrupt_when_listened_for(self, seconds: float | None) -> None:
        """Let an interrupt arrive this long after each time a command begins to listen for it;
        None for never."""
        self._interrupt_when_listened_for = seconds

    def interrupt_after(self, seconds: float) -> None:
        """Let an interrupt arrive after this long; from then on, unshielded sleeps raise it."""
        self._interrupt_at = self._elapsed + seconds

    def advance(self, seconds: float) -> None:
        """Let time pass without a sleep. Raises ValueError for a negative time."""
        if seconds < 0:
            raise ValueError(f"time cannot go back by {-seconds} s")
        self._elapsed += seconds
