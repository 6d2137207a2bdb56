"""One stop for all threads, asked for by a signal."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from reconciler.adapters.clock import ThreadClock
from reconciler.adapters.stopping import Stop, stop_on
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.errors import Interrupted
from tests.adapters.test_clock import LONG, needs_signals

pytestmark = needs_signals


@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_each_signal_asks_to_stop(number: signal.Signals) -> None:
    with stop_on(STOP_SIGNALS) as stop:
        signal.raise_signal(number)
        stop.wait(LONG)
        assert stop.is_asked
        assert not stop.is_at_once


def test_the_second_signal_asks_to_stop_at_once_and_ends_the_main_thread() -> None:
    with stop_on(STOP_SIGNALS) as stop:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
        stop.wait_at_once(LONG)
        assert stop.is_at_once


def test_the_first_signal_alone_is_announced_once_the_stop_is_asked_for() -> None:
    announced: list[bool] = []
    with stop_on(STOP_SIGNALS, announce=lambda: announced.append(stop.is_asked)) as stop:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        stop.wait_at_once(LONG)
    assert announced == [True]


def test_a_signal_ends_the_sleeps_of_other_threads_while_the_main_one_waits_for_them() -> None:
    with stop_on(STOP_SIGNALS) as stop, ThreadPoolExecutor(20) as pool:
        sleeping = threading.Barrier(21)

        def work() -> None:
            sleeping.wait()
            ThreadClock(stop).sleep(LONG)

        working = [pool.submit(work) for _ in range(20)]
        sleeping.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        assert {type(each.exception(LONG)) for each in working} == {Interrupted}


def test_a_signal_in_the_middle_of_a_wait_never_blocks() -> None:
    # It can arrive while the main thread holds the lock that every wait takes.
    for _ in range(20):
        with stop_on(STOP_SIGNALS) as stop:
            clock = ThreadClock(stop)
            timer = threading.Timer(0.002, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            with pytest.raises(Interrupted):
                _wait_repeatedly(clock)
            timer.join()


def _wait_repeatedly(clock: ThreadClock) -> None:
    while True:
        clock.sleep(1e-5)


def test_another_signal_that_this_process_handles_is_not_a_stop() -> None:
    seen: list[int] = []
    with _handled(signal.SIGUSR1, seen), stop_on((signal.SIGTERM,)) as stop:
        signal.raise_signal(signal.SIGUSR1)
        signal.raise_signal(signal.SIGTERM)
        stop.wait(LONG)
        assert seen == [signal.SIGUSR1]
        assert stop.is_asked
        assert not stop.is_at_once


@contextmanager
def _handled(number: signal.Signals, seen: list[int]) -> Iterator[None]:
    former = signal.signal(number, lambda number, _frame: seen.append(number))
    try:
        yield
    finally:
        signal.signal(number, former)


def test_the_former_handlers_and_socket_are_restored_and_the_thread_ends() -> None:
    reading, writing = socket.socketpair()
    writing.settimeout(0)
    before = signal.set_wakeup_fd(writing.fileno())
    try:
        former = signal.getsignal(signal.SIGTERM)
        with stop_on(STOP_SIGNALS):
            assert signal.getsignal(signal.SIGTERM) is not former
            assert "stop" in [each.name for each in threading.enumerate()]
        assert signal.getsignal(signal.SIGTERM) is former
        assert "stop" not in [each.name for each in threading.enumerate()]
    finally:
        assert signal.set_wakeup_fd(before) == writing.fileno()
        reading.close()
        writing.close()


def test_without_signals_it_works_in_any_thread_and_leaves_the_handlers_alone() -> None:
    former = signal.getsignal(signal.SIGINT)

    def work() -> object:
        with stop_on(()):
            return signal.getsignal(signal.SIGINT)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() is former


def test_a_stop_is_never_taken_back() -> None:
    stop = Stop()
    assert (stop.is_asked, stop.is_at_once) == (False, False)
    stop.ask()
    assert (stop.is_asked, stop.is_at_once) == (True, False)
    stop.ask()
    stop.ask()
    assert (stop.is_asked, stop.is_at_once) == (True, True)
