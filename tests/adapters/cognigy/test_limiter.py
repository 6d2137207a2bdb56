"""The exact rate limiter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.limiter import WINDOW_SECONDS, Limiter
from reconciler.errors import Interrupted
from tests.support.clock import VirtualClock


def most_in_any_window(moments: list[float]) -> int:
    """The most moments in any closed window, which begins best at one of them."""
    return max(
        sum(begin <= moment <= begin + WINDOW_SECONDS for moment in moments) for begin in moments
    )


@given(
    limit=st.integers(1, 8),
    work=st.lists(st.tuples(st.floats(0, 40), st.floats(0, 90)), min_size=1, max_size=40),
)
def test_no_window_of_a_minute_ever_holds_more_than_the_limit(
    limit: int, work: list[tuple[float, float]]
) -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=limit, clock=clock)
    counted: list[float] = []
    for idle, duration in work:
        clock.advance(idle)
        with limiter.place():
            # The tenant may count a request whenever it likes between sending and answering.
            counted.append(clock.monotonic() + duration)
            clock.advance(duration)
    assert most_in_any_window(counted) <= limit


@given(st.integers(1, 20), st.integers(1, 100))
def test_it_waits_no_longer_than_the_promise_demands(limit: int, requests: int) -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=limit, clock=clock)
    for _ in range(requests):
        with limiter.place():
            pass
    full_windows = (requests - 1) // limit
    assert clock.monotonic() <= full_windows * WINDOW_SECONDS * 1.001


def test_a_request_that_was_given_up_holds_its_place_too() -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=1, clock=clock)
    with pytest.raises(ValueError, match="given up"), limiter.place():
        raise ValueError("given up")
    with limiter.place():
        assert clock.monotonic() >= WINDOW_SECONDS


def test_waiting_for_a_place_can_be_interrupted() -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=1, clock=clock)
    with limiter.place():
        pass
    clock.interrupt_after(10)
    with pytest.raises(Interrupted), limiter.place():
        raise AssertionError("the place was given")
    assert clock.monotonic() == 10
