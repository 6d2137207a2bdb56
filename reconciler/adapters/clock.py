"""Real time, and the only place that checks for an interrupt: once in the main thread of a command,
and once in each of many threads."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from types import FrameType
from typing import Any

from reconciler.adapters.stopping import Stop
from reconciler.errors import Interrupted

_BOOTTIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)
NOTICE_SECONDS = 0.2
"""How long a sleep may take to notice an interrupt: a signal does not end a sleep everywhere."""


class _Machine:
    """The machine's time, and how many blocks shield a thread from interrupts."""

    _shields = 0

    def now(self) -> datetime:
        """The wall-clock time, in UTC."""
        return datetime.now(timezone.utc)

    def monotonic(self) -> float:
        """Seconds since an arbitrary point in the past."""
        return time.monotonic()

    def boottime(self) -> float:
        """Seconds since an arbitrary point in the past; on Linux, those in suspension too."""
        return time.monotonic() if _BOOTTIME is None else time.clock_gettime(_BOOTTIME)

    @contextmanager
    def shielded(self) -> Iterator[None]:
        """Defer the first interrupt until the block ends."""
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1


class SystemClock(_Machine):
    """The machine's clock, for a command that works in one thread.

    Inside `interruptible()`, the first of the `stop_signals` makes `sleep` raise Interrupted as
    soon as it is not shielded. The second one raises KeyboardInterrupt immediately.
    """

    def __init__(
        self,
        *,
        stop_signals: Sequence[int] = (),
        announce: Callable[[], None] = lambda: None,
    ) -> None:
        """`announce` is called from the signal handler of the first signal, so it must be safe to
        call at any moment."""
        self._stop_signals = tuple(stop_signals)
        self._announce = announce
        # A plain value: if a handler took an Event's lock while the same thread holds it, the lock
        # would never be released.
        self._interrupted = False

    def sleep(self, seconds: float) -> None:
        """Wait this long. An interrupt ends the wait early with Interrupted, unless shielded."""
        end = time.monotonic() + seconds
        while True:
            if self._interrupted and not self._shields:
                raise Interrupted
            remaining = end - time.monotonic()
            if remaining <= 0:
                return
            time.sleep(min(remaining, NOTICE_SECONDS))

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Handle `stop_signals` inside the block. Only the main thread may do so."""

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


class ThreadClock(_Machine):
    """The machine's clock, for one of many threads; its shields are its own.

    The first request to `stop` makes `sleep` raise Interrupted as soon as it is not shielded; the
    second one makes it raise KeyboardInterrupt, shielded or not. Waiting costs no processor time.
    """

    def __init__(self, stop: Stop) -> None:
        self._stop = stop

    def sleep(self, seconds: float) -> None:
        """Wait this long. A request to stop ends the wait early."""
        end = time.monotonic() + seconds
        while True:
            if self._stop.is_at_once:
                raise KeyboardInterrupt
            if self._stop.is_asked and not self._shields:
                raise Interrupted
            remaining = end - time.monotonic()
            if remaining <= 0:
                return
            if self._shields:
                self._stop.wait_at_once(remaining)
            else:
                self._stop.wait(remaining)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Changes nothing: the signals are handled where the Stop is made."""
        yield
