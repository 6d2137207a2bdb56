"""One stop for all threads of a process, asked for by a signal.

A signal handler must not set a threading.Event: it runs between two instructions of the main
thread, which may hold the Event's lock, and would wait for itself. The interpreter writes the
signal's number into a socket instead, and a thread of its own reads it and sets the Events. That
does not depend on what the main thread waits for, either.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any


class Stop:
    """Whether this process was asked to stop, and whether at once; neither is ever taken back."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._at_once = threading.Event()

    @property
    def is_asked(self) -> bool:
        """Whether everything that can be put off must not begin any more."""
        return self._asked.is_set()

    @property
    def is_at_once(self) -> bool:
        """Whether nothing may be finished any more."""
        return self._at_once.is_set()

    def ask(self) -> None:
        """Ask to stop; if that was asked for before, at once."""
        if self._asked.is_set():
            self._at_once.set()
        self._asked.set()

    def wait(self, seconds: float) -> None:
        """Return when it is asked to stop, and after this long at the latest."""
        self._asked.wait(min(seconds, threading.TIMEOUT_MAX))

    def wait_at_once(self, seconds: float) -> None:
        """Return when it is asked to stop at once, and after this long at the latest."""
        self._at_once.wait(min(seconds, threading.TIMEOUT_MAX))


@contextmanager
def stop_on(
    stop_signals: Sequence[int], *, announce: Callable[[], None] = lambda: None
) -> Iterator[Stop]:
    """A Stop that each of these signals asks for inside the block. Only the main thread may handle
    signals; without any, any thread may do this.

    `announce` is called once, from a thread, after the first signal; it must not raise. The second
    one also raises KeyboardInterrupt in the main thread.
    """
    stop = Stop()
    if not stop_signals:
        yield stop
        return
    reading, writing = socket.socketpair()
    writing.settimeout(0)
    thread = threading.Thread(
        target=_listen,
        args=(reading, stop, frozenset(stop_signals), announce),
        name="stop",
        daemon=True,
    )
    thread.start()
    try:
        with _woken_by(stop_signals, writing):
            yield stop
    finally:
        writing.close()
        thread.join()
        reading.close()


@contextmanager
def _woken_by(stop_signals: Sequence[int], writing: socket.socket) -> Iterator[None]:
    heard = 0

    def handle(_number: int, _frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        if heard > 1:
            raise KeyboardInterrupt

    # The socket first, and last: a signal in between must not be handled without being read.
    former_socket = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    former: dict[int, Any] = {}
    try:
        for number in stop_signals:
            former[number] = signal.signal(number, handle)
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(former_socket)


def _listen(
    reading: socket.socket, stop: Stop, numbers: frozenset[int], announce: Callable[[], None]
) -> None:
    while received := reading.recv(1):
        if received[0] not in numbers:  # of another handler of this process
            continue
        is_first = not stop.is_asked
        stop.ask()
        if is_first:
            announce()
