"""A virtual clock for several threads: time passes only while all of them sleep."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone


class SharedClock:
    """Implements `reconciler.ports.Clock`, without interrupts."""

    def __init__(self, *, threads: int) -> None:
        """For this many threads, each of which works inside `at_work()`."""
        self._elapsed = 0.0
        self._awake = threads
        self._asleep: list[tuple[float, int]] = []
        self._sleeps = itertools.count()
        self._passing = threading.Condition()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Everything that one of the threads does; after it, time passes without this thread."""
        try:
            yield
        finally:
            with self._passing:
                self._awake -= 1
                self._pass_if_all_sleep()

    def now(self) -> datetime:
        """The wall-clock time."""
        return datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc) + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds since the clock was created."""
        return self._elapsed

    def boottime(self) -> float:
        """The same."""
        return self._elapsed

    def sleep(self, seconds: float) -> None:
        """Sleep until it is the turn of this thread again, even for zero seconds."""
        with self._passing:
            sleep = (self._elapsed + max(0.0, seconds), next(self._sleeps))
            heapq.heappush(self._asleep, sleep)
            self._awake -= 1
            self._pass_if_all_sleep()
            self._passing.wait_for(lambda: sleep not in self._asleep)

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """There are no interrupts."""
        yield

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """There are no interrupts."""
        yield

    def _pass_if_all_sleep(self) -> None:
        if self._awake or not self._asleep:
            return
        self._elapsed = self._asleep[0][0]
        while self._asleep and self._asleep[0][0] <= self._elapsed:
            heapq.heappop(self._asleep)
            self._awake += 1
        self._passing.notify_all()
