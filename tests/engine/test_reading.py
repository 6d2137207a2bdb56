"""Reading until a slot shows what is expected, or the reads' lag is over."""

from __future__ import annotations

import pytest

from reconciler.engine.reading import LAG_SECONDS, read_until
from reconciler.model.slot import LiveSlot, SlotContent
from tests.support.clock import VirtualClock

SLOT = LiveSlot(
    slot_id="slot_1",
    content=SlotContent(name="a", type="regex", patterns=(), fill_strategy=None, dependencies=()),
)


class Reads:
    """Shows the slot from the look of this number on, and counts the looks."""

    def __init__(self, *, shown_from: int) -> None:
        self._shown_from = shown_from
        self.number = 0

    def __call__(self) -> LiveSlot | None:
        self.number += 1
        return SLOT if self.number >= self._shown_from else None


def is_there(live: LiveSlot | None) -> bool:
    return live is not None


def test_one_look_is_enough_where_it_shows_what_is_expected() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=1)
    assert read_until(is_there, look=reads, clock=clock) == SLOT
    assert (reads.number, clock.monotonic()) == (1, 0.0)


def test_it_looks_again_until_it_shows() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=4)
    assert read_until(is_there, look=reads, clock=clock) == SLOT
    assert reads.number == 4
    assert clock.monotonic() <= LAG_SECONDS


def test_the_last_look_is_at_the_end_of_the_lag() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=99)
    assert read_until(is_there, look=reads, clock=clock) is None
    assert clock.monotonic() == pytest.approx(LAG_SECONDS)


def test_a_look_that_takes_long_is_not_the_last_for_it_may_show_what_was_before() -> None:
    clock = VirtualClock()
    begun: list[float] = []

    def slow() -> LiveSlot | None:
        begun.append(clock.monotonic())
        clock.advance(2 * LAG_SECONDS)
        return None

    assert read_until(is_there, look=slow, clock=clock) is None
    assert begun[-1] >= LAG_SECONDS


def test_a_deadline_that_has_passed_leaves_one_look() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=2)
    assert read_until(is_there, look=reads, clock=clock, deadline=-1.0) is None
    assert (reads.number, clock.monotonic()) == (1, 0.0)
