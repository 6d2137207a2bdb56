"""The machine's clock, and how interrupts end a wait."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.adapters.clock import SystemClock, ThreadClock
from reconciler.adapters.stopping import Stop
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.errors import Interrupted

LONG = 60.0
"""Far longer than any of these tests takes: the interrupt ends them."""

needs_signals = pytest.mark.skipif(
    os.name != "posix", reason="Windows cannot send a signal to its own process"
)


def test_now_is_aware_and_in_utc() -> None:
    offset = SystemClock().now().utcoffset()
    assert offset is not None
    assert not offset


def test_monotonic_time_does_not_go_backwards() -> None:
    clock = SystemClock()
    first = clock.monotonic()
    clock.sleep(0)
    assert clock.monotonic() >= first


@needs_signals
@pytest.mark.parametrize("number", STOP_SIGNALS)
def test_a_signal_ends_a_sleep(number: signal.Signals) -> None:
    clock = SystemClock(stop_signals=STOP_SIGNALS)
    with clock.interruptible():
        timer = threading.Timer(0.01, os.kill, (os.getpid(), number))
        timer.start()
        with pytest.raises(Interrupted):
            clock.sleep(LONG)
        timer.join()
        with pytest.raises(Interrupted):
            clock.sleep(0)  # and so does every later sleep


@needs_signals
def test_a_shield_defers_the_interrupt() -> None:
    clock = SystemClock(stop_signals=STOP_SIGNALS)
    with clock.interruptible():
        with clock.shielded():
            signal.raise_signal(signal.SIGINT)
            clock.sleep(0.001)
        with pytest.raises(Interrupted):
            clock.sleep(0)


@needs_signals
def test_the_second_signal_stops_immediately_even_inside_a_shield() -> None:
    clock = SystemClock(stop_signals=STOP_SIGNALS)
    with clock.interruptible(), clock.shielded():
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@needs_signals
def test_the_first_signal_is_announced_once() -> None:
    announced: list[str] = []
    clock = SystemClock(stop_signals=STOP_SIGNALS, announce=lambda: announced.append("stopping"))
    with clock.interruptible():
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)
    assert announced == ["stopping"]


@needs_signals
def test_a_signal_in_the_middle_of_a_sleep_never_blocks() -> None:
    # A signal can arrive at any instruction of `sleep`; it must never deadlock.
    clock = SystemClock(stop_signals=STOP_SIGNALS)
    with clock.interruptible():
        timer = threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(Interrupted):
            _sleep_repeatedly(clock)
        timer.join()


def _sleep_repeatedly(clock: SystemClock) -> None:
    while True:
        clock.sleep(0)


@needs_signals
def test_the_former_handlers_are_restored() -> None:
    former = signal.getsignal(signal.SIGTERM)
    with SystemClock(stop_signals=STOP_SIGNALS).interruptible():
        assert signal.getsignal(signal.SIGTERM) is not former
    assert signal.getsignal(signal.SIGTERM) is former


def test_without_stop_signals_it_works_in_any_thread_and_leaves_the_handlers_alone() -> None:
    clock, former = SystemClock(), signal.getsignal(signal.SIGINT)

    def work() -> object:
        with clock.interruptible():
            clock.sleep(0)
            return signal.getsignal(signal.SIGINT)

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work).result() is former


def test_a_stop_ends_the_sleeps_of_hundreds_of_threads() -> None:
    stop = Stop()
    with ThreadPoolExecutor(500) as pool:
        sleeping = [pool.submit(ThreadClock(stop).sleep, LONG) for _ in range(500)]
        stop.ask()
        assert {type(each.exception(LONG)) for each in sleeping} == {Interrupted}


def test_after_a_stop_every_sleep_of_a_thread_raises_even_for_zero_seconds() -> None:
    stop = Stop()
    clock = ThreadClock(stop)
    clock.sleep(0)
    stop.ask()
    for _ in range(2):
        with pytest.raises(Interrupted):
            clock.sleep(0)


def test_a_thread_sleeps_as_long_as_it_should() -> None:
    clock = ThreadClock(Stop())
    begun = clock.monotonic()
    clock.sleep(0.02)
    assert clock.monotonic() - begun >= 0.02


def test_the_shield_of_a_thread_is_its_own() -> None:
    stop = Stop()
    shielded, other = ThreadClock(stop), ThreadClock(stop)
    with shielded.shielded():
        stop.ask()
        with shielded.shielded():
            shielded.sleep(0.001)
        shielded.sleep(0.001)
        with pytest.raises(Interrupted):
            other.sleep(LONG)
    with pytest.raises(Interrupted):
        shielded.sleep(LONG)


def test_a_shielded_sleep_waits_once_although_the_stop_is_asked_for() -> None:
    class Counted(Stop):
        waits = 0

        def wait_at_once(self, seconds: float) -> None:
            self.waits += 1
            super().wait_at_once(seconds)

    stop = Counted()
    clock = ThreadClock(stop)
    stop.ask()
    with clock.shielded():
        clock.sleep(0.05)
    assert 1 <= stop.waits <= 3  # a wait may end a little early, but it must not spin


def test_the_second_request_to_stop_ends_shielded_sleeps_too() -> None:
    stop = Stop()
    clock = ThreadClock(stop)

    def work() -> None:
        with clock.interruptible(), clock.shielded():
            clock.sleep(LONG)

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        stop.ask()
        stop.ask()
        with pytest.raises(KeyboardInterrupt):
            working.result(LONG)
