"""The clock of one process, which may be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta, timezone

from tests.simulation.fleet.scheduler import Process, Scheduler

_NOTICE_SECONDS = 5.0
"""How long a sleep may take to notice an interrupt."""
BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


class TrueClock:
    """The time of the world, for tenants."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def now(self) -> datetime:
        """The wall-clock time."""
        return BEGUN + timedelta(seconds=self._scheduler.now)

    def monotonic(self) -> float:
        """Seconds since the world began."""
        return self._scheduler.now

    def boottime(self) -> float:
        """The same."""
        return self._scheduler.now

    def sleep(self, seconds: float) -> None:
        """A tenant never waits."""
        raise NotImplementedError

    def shielded(self) -> AbstractContextManager[None]:
        """Nothing interrupts it."""
        return nullcontext()

    def interruptible(self) -> AbstractContextManager[None]:
        """Nothing interrupts it."""
        return nullcontext()


class ProcessClock(TrueClock):
    """`ports.Clock` of a process: its wall clock is `skew` seconds ahead."""

    def __init__(self, process: Process, scheduler: Scheduler, *, skew: float) -> None:
        super().__init__(scheduler)
        self._process = process
        self._skew = skew

    def now(self) -> datetime:
        """The wall-clock time as this machine has it."""
        return super().now() + timedelta(seconds=self._skew)

    def sleep(self, seconds: float) -> None:
        """Let others run meanwhile. Raises Interrupted."""
        until = self.monotonic() + max(0.0, seconds)
        self._process.notice_interrupt()
        while True:
            self._process.pause(min(_NOTICE_SECONDS, max(0.0, until - self.monotonic())))
            self._process.notice_interrupt()
            if self.monotonic() >= until:
                return

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Nothing interrupts the block."""
        self._process.shields += 1
        try:
            yield
        finally:
            self._process.shields -= 1
