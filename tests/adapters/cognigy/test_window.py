"""One window of places for several connections, also from several threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.cognigy.limiter import Limiter
from reconciler.adapters.cognigy.window import WINDOW_SECONDS, PauseBegunError, Window
from reconciler.model.event import RateLimited
from reconciler.ports import SILENT
from tests.adapters.cognigy.test_limiter import most_in_any_window
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder
from tests.support.shared_clock import SharedClock

Work = Sequence[tuple[float, float, int]]
"""What one connection does: idle, answered after, and so many requests in a row."""

works = st.lists(
    st.tuples(st.floats(0, 40), st.floats(0, 20), st.integers(1, 4)), min_size=1, max_size=8
)


def in_threads(each: Callable[[int], None], *, clock: SharedClock, threads: int) -> None:
    """Let each thread do its work, and raise what it raises."""

    def work(number: int) -> None:
        with clock.at_work():
            each(number)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, number) for number in range(threads)]:
            done.result()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 8), works), min_size=2, max_size=4))
def test_threads_together_keep_to_the_smallest_of_their_limits(
    plans: list[tuple[int, Work]],
) -> None:
    clock, window = SharedClock(threads=len(plans)), Window()
    counted: list[float] = []
    limiters = [
        Limiter(limit=limit, clock=clock, observer=SILENT, window=window) for limit, _ in plans
    ]

    def work(number: int) -> None:
        for idle, duration, requests in plans[number][1]:
            clock.sleep(idle)
            limiters[number].await_room(requests)
            for _ in range(requests):
                with limiters[number].place():
                    # The tenant may count a request at any time before it has answered.
                    counted.append(clock.monotonic() + duration)
                    clock.sleep(duration)

    in_threads(work, clock=clock, threads=len(plans))
    assert len(counted) == sum(requests for _, work in plans for _, _, requests in work)
    assert most_in_any_window(counted) <= min(limit for limit, _ in plans)


@settings(deadline=None)
@given(st.lists(works, min_size=2, max_size=4))
def test_room_that_was_awaited_is_not_taken_by_other_threads(plans: list[Work]) -> None:
    clock, window = SharedClock(threads=len(plans)), Window()
    limiters = [Limiter(limit=5, clock=clock, observer=SILENT, window=window) for _ in plans]

    def work(number: int) -> None:
        for idle, _, requests in plans[number]:
            clock.sleep(idle)
            limiters[number].await_room(requests)
            since = clock.monotonic()
            for _ in range(requests):
                with limiters[number].place():
                    assert clock.monotonic() == since

    in_threads(work, clock=clock, threads=len(plans))


def test_places_are_given_in_the_order_in_which_they_were_asked_for() -> None:
    # A connection that asks for all places at once is not overtaken for ever by those that need
    # only one.
    clock, window = SharedClock(threads=2), Window()
    both, single = (Limiter(limit=2, clock=clock, observer=SILENT, window=window) for _ in range(2))
    served: list[str] = []

    def work(number: int) -> None:
        if number == 0:
            clock.sleep(WINDOW_SECONDS / 2)
            both.await_room(2)
            served.append("both")
            return
        for _ in range(8):
            with single.place():
                served.append("single")
            clock.sleep(20)

    in_threads(work, clock=clock, threads=2)
    assert served.index("both") == 2
    assert len(served) == 9


def test_kept_places_are_free_again_after_a_minute_without_a_request() -> None:
    clock, window = VirtualClock(), Window()
    one, other = (Limiter(limit=2, clock=clock, observer=SILENT, window=window) for _ in range(2))
    one.await_room(2)
    with other.place():
        assert clock.monotonic() == pytest.approx(WINDOW_SECONDS, abs=0.1)


def test_the_limit_of_a_connection_that_has_left_binds_no_more() -> None:
    clock, recorder, window = VirtualClock(), Recorder(), Window()
    slow = Limiter(limit=1, clock=clock, observer=SILENT, window=window)
    quick = Limiter(limit=3, clock=clock, observer=recorder, window=window)
    with slow.place():
        pass
    slow.leave()
    for _ in range(2):
        with quick.place():
            pass
    assert clock.monotonic() == 0
    with quick.place():
        assert clock.monotonic() == pytest.approx(WINDOW_SECONDS, abs=0.1)
    assert {each.limit for each in recorder.of(RateLimited)} == {3}


def test_nothing_begins_during_a_pause_that_another_connection_was_asked_for() -> None:
    clock, window = VirtualClock(), Window()
    one, other = (Limiter(limit=9, clock=clock, observer=SILENT, window=window) for _ in range(2))
    one.pause(until=30.0)
    one.pause(until=20.0)  # a shorter one does not end the longer one
    assert other.paused_until == 30.0
    with pytest.raises(PauseBegunError), other.place():
        raise AssertionError("the place was given")
    clock.sleep(30.0)
    with other.place():
        assert clock.monotonic() == 30.0


def test_a_pause_that_begins_while_a_request_waits_for_its_place_holds_it_back() -> None:
    clock, window = SharedClock(threads=2), Window()
    one, other = (Limiter(limit=1, clock=clock, observer=SILENT, window=window) for _ in range(2))
    outcomes: list[str] = []

    def work(number: int) -> None:
        if number == 0:
            with one.place():
                clock.sleep(10)
                one.pause(until=500.0)
            return
        clock.sleep(5)
        try:
            with other.place():
                outcomes.append("sent")
        except PauseBegunError:
            outcomes.append("held back")

    in_threads(work, clock=clock, threads=2)
    assert outcomes == ["held back"]


@given(
    before=st.integers(0, 6),
    by_others=st.integers(0, 6),
    beside=st.integers(0, 6),
    comes_back=st.booleans(),
    late=st.floats(0, 5),
)
def test_requests_that_were_handed_over_and_come_back_count_once(
    *, before: int, by_others: int, beside: int, comes_back: bool, late: float
) -> None:
    clock, window = VirtualClock(), Window()

    def limiter(inherited: Sequence[float] = ()) -> Limiter:
        return Limiter(limit=100, clock=clock, observer=SILENT, inherited=inherited, window=window)

    def send(limiter: Limiter, requests: int) -> None:
        for _ in range(requests):
            with limiter.place():
                pass

    first = limiter()
    send(first, before)
    handed_over = first.hand_over()
    first.leave()
    reader = limiter()  # it has no lease, so nobody inherits its requests
    send(reader, beside)
    clock.advance(10)
    inherited = [*(age + 10 - late for age in handed_over), *[5.0] * by_others]
    last = limiter(inherited if comes_back else ())
    assert len(last.recent) == before + beside + (by_others if comes_back else 0)


def test_requests_that_were_handed_over_and_do_not_come_back_still_count() -> None:
    clock, window = VirtualClock(), Window()
    first = Limiter(limit=9, clock=clock, observer=SILENT, window=window)
    for _ in range(3):
        with first.place():
            pass
    first.hand_over()
    second = Limiter(limit=9, clock=clock, observer=SILENT, inherited=[1.0, 2.0], window=window)
    assert len(second.recent) == 5
