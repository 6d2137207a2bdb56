"""Real time, and the one place where an interrupt is noticed."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType
from typing import Any

from reconciler.errors import Interrupted

NOTICE_SECONDS = 0.2
"""How long a sleep may overlook an interrupt: no signal ends a sleep by itself everywhere."""
STOP_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Ctrl-C, a polite kill, a terminal that closes; Windows has no SIGHUP."""


class SystemClock:
    """The machine's clock.

    While `interruptible()` is entered, the first of STOP_SIGNALS makes `sleep` raise Interrupted
    as soon as it is not shielded; the second raises KeyboardInterrupt at once.
    """

    def __init__(self, *, announce: Callable[[], None] = lambda: None) -> None:
        """`announce` is called from the signal handler of the first: it must be safe at any
        moment."""
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
        """Take over the signals that ask to stop; only the main thread may enter it."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            if self._interrupted:
                raise KeyboardInterrupt
            self._interrupted = True
            self._announce()

        former: dict[signal.Signals, Any] = {
            number: signal.signal(number, handle) for number in STOP_SIGNALS
        }
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
