"""The exact rate limiter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.window import WINDOW_SECONDS
from reconciler.errors import Interrupted
from reconciler.model.event import RateLimited
from reconciler.ports import SILENT
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder


def most_in_any_window(moments: list[float]) -> int:
    """The most moments in any closed window; only windows that start at a moment matter."""
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
    limiter = Limiter(limit=limit, clock=clock, observer=SILENT)
    counted: list[float] = []
    for idle, duration in work:
        clock.advance(idle)
        with limiter.place():
            # The tenant may count a request at any time between sending and answering.
            counted.append(clock.monotonic() + duration)
            clock.advance(duration)
    assert most_in_any_window(counted) <= limit


@given(
    limit=st.integers(1, 8),
    former=st.lists(st.floats(0, 90), max_size=12),
    since=st.floats(0, 90),
    requests=st.integers(1, 12),
)
def test_requests_of_the_last_holder_count_for_the_next_one(
    limit: int, former: list[float], since: float, requests: int
) -> None:
    clock = VirtualClock()
    counted: list[float] = []

    def send(limiter: Limiter) -> None:
        with limiter.place():
            counted.append(clock.monotonic())

    first = Limiter(limit=limit, clock=clock, observer=SILENT)
    for idle in former:
        clock.advance(idle)
        send(first)
    recent = first.recent
    clock.advance(since)
    second = Limiter(
        limit=limit, clock=clock, observer=SILENT, inherited=[age + since for age in recent]
    )
    for _ in range(requests):
        send(second)
    assert most_in_any_window(counted) <= limit


@given(st.integers(1, 20), st.integers(1, 100))
def test_it_waits_no_longer_than_the_limit_requires(limit: int, requests: int) -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=limit, clock=clock, observer=SILENT)
    for _ in range(requests):
        with limiter.place():
            pass
    full_windows = (requests - 1) // limit
    assert clock.monotonic() <= full_windows * WINDOW_SECONDS * 1.001


def test_a_request_that_was_given_up_still_holds_its_place() -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=1, clock=clock, observer=SILENT)
    with pytest.raises(ValueError, match="given up"), limiter.place():
        raise ValueError("given up")
    with limiter.place():
        assert clock.monotonic() >= WINDOW_SECONDS


def test_waiting_for_a_place_can_be_interrupted() -> None:
    clock = VirtualClock()
    limiter = Limiter(limit=1, clock=clock, observer=SILENT)
    with limiter.place():
        pass
    clock.interrupt_after(10)
    with pytest.raises(Interrupted), limiter.place():
        raise AssertionError("the place was given")
    assert clock.monotonic() == 10


def test_a_wait_is_announced_with_its_length_and_its_end() -> None:
    clock, recorder = VirtualClock(), Recorder()
    limiter = Limiter(limit=2, clock=clock, observer=recorder)
    for idle in (0.0, 10.0):
        clock.advance(idle)
        with limiter.place():
            pass
    assert recorder.heard == []
    limiter.await_room(1)
    (waited,) = recorder.of(RateLimited)
    assert waited.limit == 2
    assert waited.seconds == pytest.approx(WINDOW_SECONDS - 10.0, abs=0.1)
    assert waited.until == pytest.approx(clock.monotonic(), abs=0.01)
    limiter.await_room(2)  # the next wait is announced separately
    assert len(recorder.of(RateLimited)) == 2


@given(st.floats(0, 1e9), st.integers(1, 5))
def test_each_wait_is_announced_once_however_the_clock_rounds(late: float, requests: int) -> None:
    clock, recorder = VirtualClock(), Recorder()
    clock.advance(late)
    limiter = Limiter(limit=1, clock=clock, observer=recorder)
    for _ in range(requests):
        with limiter.place():
            pass
    assert len(recorder.of(RateLimited)) == requests - 1
