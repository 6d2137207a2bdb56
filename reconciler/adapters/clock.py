"""Real time, and the one place where an interrupt is noticed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType
from typing import Any

from reconciler.errors import Interrupted

NOTICE_SECONDS = 0.2
"""How long a sleep may overlook an interrupt: no signal ends a sleep by itself everywhere."""


class SystemClock:
    """The machine's clock.

    While `interruptible()` is entered, the first of `stop_signals` makes `sleep` raise Interrupted
    as soon as it is not shielded; the second raises KeyboardInterrupt at once.
    """

    def __init__(
        self,
        *,
        stop_signals: Sequence[int] = (),
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        """`announce` is called from the signal handler of the first: it must be safe at any
        moment."""
        self._stop_signals = tuple(stop_signals)
        self._announce = announce
        # A plain value: an Event's lock, taken by a handler while the same thread waits on it,
        # would never be given back.
        self._interrupted = False
        self._shields = 0

    def now(self) -> datetime:
        """The wall-clock time, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Seconds since some moment in the past."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; raises Interrupted early, unless shielded."""
        end = time.monotonic() + seconds
        while True:
            if self._interrupted and not self._shields:
                raise Interrupted
            remaining = end - time.monotonic()
            if remaining <= 0:
                return
            time.sleep(min(remaining, NOTICE_SECONDS))

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
        """Take over `stop_signals`, which only the main thread may do."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            if self._interrupted:
                raise KeyboardInterrupt
            self._interrupted = True
            self._announce()

        former: dict[int, Any] = {
            number: signal.signal(number, handle) for number in self._stop_signals
        }
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
