"""Clocks for a process of many threads."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.cli.signals import STOP_SIGNALS
from reconciler.errors import Interrupted
from reconciler.operations.clocks import thread_clocks
from tests.adapters.test_clock import LONG, needs_signals


@needs_signals
def test_a_signal_stops_all_threads_at_their_next_unshielded_sleep() -> None:
    announced: list[str] = []
    with (
        thread_clocks(
            stop_signals=STOP_SIGNALS, announce=lambda: announced.append("stopping")
        ) as clocks,
        ThreadPoolExecutor(2) as pool,
    ):
        shielded, sleeping = clocks.new(), clocks.new()
        with shielded.shielded():
            asleep = pool.submit(sleeping.sleep, LONG)
            signal.raise_signal(signal.SIGTERM)
            assert isinstance(asleep.exception(LONG), Interrupted)
            shielded.sleep(0.001)
        with pytest.raises(Interrupted):
            shielded.sleep(0)
    assert announced == ["stopping"]


def test_stopping_twice_still_lets_what_is_shielded_finish() -> None:
    with thread_clocks() as clocks:
        clock = clocks.new()
        clocks.stop()
        clocks.stop()
        with clock.shielded():
            clock.sleep(0.001)
        with pytest.raises(Interrupted):
            clock.sleep(LONG)
