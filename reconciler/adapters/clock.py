"""Real time, and the one place where an interrupt is noticed."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType
from typing import Any

from reconciler.errors import Interrupted


class SystemClock:
    """The machine's clock.

    While `interruptible()` is entered, the first SIGINT or SIGTERM makes `sleep` raise
    Interrupted as soon as it is not shielded; the second raises KeyboardInterrupt at once.
    """

    def __init__(self) -> None:
        self._interrupt = threading.Event()
        self._shields = 0

    def now(self) -> datetime:
        """The wall-clock time, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Seconds since some moment in the past."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; raises Interrupted early, unless shielded."""
        if self._shields:
            time.sleep(max(0.0, seconds))
        elif self._interrupt.wait(max(0.0, seconds)):
            raise Interrupted

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
        """Take over SIGINT and SIGTERM; only the main thread may enter it."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            if self._interrupt.is_set():
                raise KeyboardInterrupt
            self._interrupt.set()

        former: dict[signal.Signals, Any] = {
            number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)
