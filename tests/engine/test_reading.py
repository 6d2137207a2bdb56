"""Reading until a slot shows what is expected, or the reads' lag is over."""

from __future__ import annotations

import pytest

from reconciler.engine.reading import LAG_SECONDS, Look, await_lag, read_until
from reconciler.model.event import ReadBackDue
from reconciler.model.slot import LiveSlot, SlotContent
from reconciler.ports import SILENT, Observer
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder

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


def read(
    look: Look,
    clock: VirtualClock,
    *,
    deadline: float | None = None,
    observer: Observer = SILENT,
) -> LiveSlot | None:
    return read_until(
        is_there, slot_id="slot_1", look=look, clock=clock, observer=observer, deadline=deadline
    )


def test_one_look_is_enough_where_it_shows_what_is_expected() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=1)
    assert read(reads, clock) == SLOT
    assert (reads.number, clock.monotonic()) == (1, 0.0)


def test_it_looks_again_until_it_shows() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=4)
    assert read(reads, clock) == SLOT
    assert reads.number == 4
    assert clock.monotonic() <= LAG_SECONDS


def test_the_last_look_is_at_the_end_of_the_lag() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=99)
    assert read(reads, clock) is None
    assert clock.monotonic() == pytest.approx(LAG_SECONDS)


def test_a_look_that_takes_long_is_not_the_last_for_it_may_show_what_was_before() -> None:
    clock = VirtualClock()
    begun: list[float] = []

    def slow() -> LiveSlot | None:
        begun.append(clock.monotonic())
        clock.advance(2 * LAG_SECONDS)
        return None

    assert read(slow, clock) is None
    assert begun[-1] >= LAG_SECONDS


def test_a_deadline_that_has_passed_leaves_one_look() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=2)
    assert read(reads, clock, deadline=-1.0) is None
    assert (reads.number, clock.monotonic()) == (1, 0.0)


def test_each_wait_for_another_look_is_announced_and_until_when_it_goes_on() -> None:
    clock, recorder = VirtualClock(), Recorder()
    clock.advance(100.0)
    read(Reads(shown_from=99), clock, observer=recorder)
    waits = recorder.of(ReadBackDue)
    assert [each.seconds for each in waits] == [1.0, 2.0, 4.0, 8.0, 8.0, 7.0]
    assert [each.until for each in waits] == [101.0, 103.0, 107.0, 115.0, 123.0, 130.0]
    assert {(each.slot_id, each.deadline) for each in waits} == {("slot_1", 130.0)}


def test_nothing_is_told_where_one_look_is_enough() -> None:
    recorder = Recorder()
    read(Reads(shown_from=1), VirtualClock(), observer=recorder)
    assert recorder.heard == []


def test_the_whole_lag_is_waited_for_aloud() -> None:
    clock, recorder = VirtualClock(), Recorder()
    await_lag("slot_1", clock=clock, observer=recorder)
    assert clock.monotonic() == LAG_SECONDS
    assert recorder.heard == [
        ReadBackDue(slot_id="slot_1", seconds=LAG_SECONDS, until=30.0, deadline=30.0)
    ]
