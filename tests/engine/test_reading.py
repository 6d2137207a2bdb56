"""Reading a slot until it is as expected, or until the lag of the reads is over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pytest

from reconciler.engine.reading import (
    LAG_SECONDS,
    Check,
    Look,
    await_lag,
    look_closely,
    read_until,
)
from reconciler.errors import InconsistentReadError, StalePlanError
from reconciler.model.change import Action, Change
from reconciler.model.content import PatternContent
from reconciler.model.event import ReadBackDue
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import SILENT, Observer, Ports, Sighting
from tests.support.build import live
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder
from tests.support.unused import unused

SLOT = LiveSlot(
    slot_id="slot_1",
    content=PatternContent(
        name="a", type="regex", patterns=(), fill_strategy=None, dependencies=()
    ),
)


class Reads:
    """Returns the slot from the read with this number on, and counts the reads."""

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


def test_one_read_is_enough_if_it_shows_the_expected_slot() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=1)
    assert read(reads, clock) == SLOT
    assert (reads.number, clock.monotonic()) == (1, 0.0)


def test_it_reads_again_until_the_expected_slot_is_shown() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=4)
    assert read(reads, clock) == SLOT
    assert reads.number == 4
    assert clock.monotonic() <= LAG_SECONDS


def test_the_last_read_is_at_the_end_of_the_lag() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=99)
    assert read(reads, clock) is None
    assert clock.monotonic() == pytest.approx(LAG_SECONDS)


def test_a_read_that_takes_long_is_not_the_last_because_it_may_show_the_former_slot() -> None:
    clock = VirtualClock()
    begun: list[float] = []

    def slow() -> LiveSlot | None:
        begun.append(clock.monotonic())
        clock.advance(2 * LAG_SECONDS)
        return None

    assert read(slow, clock) is None
    assert begun == [0.0, 2 * LAG_SECONDS]


def test_a_deadline_that_is_near_shortens_the_wait() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=99)
    assert read(reads, clock, deadline=0.5) is None
    assert (reads.number, clock.monotonic()) == (2, 0.5)


def test_after_the_deadline_there_is_only_one_read() -> None:
    clock, reads = VirtualClock(), Reads(shown_from=2)
    assert read(reads, clock, deadline=-1.0) is None
    assert (reads.number, clock.monotonic()) == (1, 0.0)


def test_each_wait_for_another_read_is_announced_with_its_end_and_the_deadline() -> None:
    clock, recorder = VirtualClock(), Recorder()
    clock.advance(100.0)
    read(Reads(shown_from=99), clock, observer=recorder)
    waits = recorder.of(ReadBackDue)
    assert [each.seconds for each in waits] == [1.0, 2.0, 4.0, 8.0, 8.0, 7.0]
    assert [each.until for each in waits] == [101.0, 103.0, 107.0, 115.0, 123.0, 130.0]
    assert {(each.slot_id, each.deadline) for each in waits} == {("slot_1", 130.0)}


def test_nothing_is_announced_if_one_read_is_enough() -> None:
    recorder = Recorder()
    read(Reads(shown_from=1), VirtualClock(), observer=recorder)
    assert recorder.heard == []


def test_waiting_for_the_whole_lag_is_announced() -> None:
    clock, recorder = VirtualClock(), Recorder()
    await_lag("slot_1", clock=clock, observer=recorder)
    assert clock.monotonic() == LAG_SECONDS
    assert recorder.heard == [
        ReadBackDue(slot_id="slot_1", seconds=LAG_SECONDS, until=30.0, deadline=30.0)
    ]


# Before a write


class Sightings:
    """A tenant that returns the current `slots`, and delays each turn by the next of `waits`."""

    def __init__(
        self, clock: VirtualClock, slots: Mapping[str, LiveSlot | None], waits: Iterable[float]
    ) -> None:
        self.slots = dict(slots)
        self.looks: list[tuple[tuple[str, ...], frozenset[str]]] = []
        self._clock = clock
        self._waits = iter(waits)

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        self.looks.append((tuple(slot_ids), frozenset(expected_absent)))
        return Sighting(at=self._clock.monotonic(), slots=self.slots)

    def await_turn(self) -> None:
        self._clock.advance(next(self._waits, 0.0))


def watching(
    slots: Mapping[str, LiveSlot | None], *, waits: Iterable[float] = ()
) -> tuple[Sightings, Ports]:
    clock = VirtualClock()
    sightings = Sightings(clock, slots, waits)
    tenant: Any = sightings
    ports = Ports(
        tenant=tenant, ledger=unused(), notifier=unused(), clock=clock, observer=Recorder()
    )
    return sightings, ports


def change(slot_id: str, action: Action, before: LiveSlot | None) -> Change:
    return Change(slot_id=slot_id, name=slot_id, action=action, wave=0, before=canonical(before))


A, B = live("a"), live("b")
UPDATE = change("a", Action.UPDATE, A)
CREATE = change("a", Action.CREATE, None)
OTHER = change("b", Action.UPDATE, B)


def test_a_slot_that_is_as_planned_is_read_once_and_returned() -> None:
    sightings, ports = watching({"a": A})
    assert Check(ports=ports).live([UPDATE]) == A
    assert sightings.looks == [(("a",), frozenset())]


def test_a_slot_to_create_is_expected_to_be_absent() -> None:
    sightings, ports = watching({"a": None, "b": B})
    assert Check(ports=ports).live([CREATE, OTHER]) is None
    assert sightings.looks == [(("a", "b"), frozenset({"a"}))]


@pytest.mark.parametrize(
    ("planned", "found", "what"),
    [
        (UPDATE, None, "a is gone"),
        (change("a", Action.DELETE, A), None, "a is gone"),
        (CREATE, A, "a is there already"),
        (UPDATE, live("a", name="another"), "a is not as it was when planned"),
        (change("a", Action.DELETE, A), live("a", name="B"), "a is not as it was when planned"),
    ],
)
def test_a_slot_that_is_not_as_planned_makes_the_plan_stale(
    planned: Change, found: LiveSlot | None, what: str
) -> None:
    _, ports = watching({"a": found})
    with pytest.raises(StalePlanError, match=f"{what}: "):
        Check(ports=ports).live([planned])


def test_another_slot_in_the_same_read_can_make_the_plan_stale_too() -> None:
    _, ports = watching({"a": A, "b": live("b", name="another")})
    with pytest.raises(StalePlanError, match="The live slot b"):
        Check(ports=ports).live([UPDATE, OTHER])


def test_one_read_serves_the_changes_whose_slots_it_covered_and_no_others() -> None:
    sightings, ports = watching({"a": A, "b": B})
    check = Check(ports=ports)
    assert check.live([UPDATE, OTHER]) == A
    assert check.live([OTHER]) == B
    assert len(sightings.looks) == 1
    del sightings.slots["b"]
    alone = Check(ports=ports)
    assert alone.live([UPDATE, OTHER]) == A
    sightings.slots["b"] = B
    assert len(sightings.looks) == 2


@pytest.mark.parametrize(("wait", "looks"), [(30.0, 1), (30.1, 2)])
def test_a_read_is_valid_for_thirty_seconds(wait: float, looks: int) -> None:
    sightings, ports = watching({"a": A}, waits=[wait])
    assert Check(ports=ports).live([UPDATE]) == A
    assert len(sightings.looks) == looks
    closely, ports = watching({"a": A}, waits=[wait])
    assert look_closely("a", ports=ports) == A
    assert len(closely.looks) == looks


def test_if_every_turn_takes_too_long_the_fifth_read_is_used() -> None:
    sightings, ports = watching({"a": A}, waits=[100.0] * 9)
    assert Check(ports=ports).live([UPDATE]) == A
    assert len(sightings.looks) == 5
    closely, ports = watching({"a": A}, waits=[100.0] * 9)
    assert look_closely("a", ports=ports) == A
    assert [slot_ids for slot_ids, _ in closely.looks] == [("a",)] * 5


def test_a_later_read_that_is_not_as_planned_makes_the_plan_stale_too() -> None:
    sightings, ports = watching({"a": A}, waits=[0.0, 40.0])
    check = Check(ports=ports)
    assert check.live([UPDATE]) == A
    sightings.slots["a"] = None
    with pytest.raises(StalePlanError, match="a is gone"):
        check.live([UPDATE])


# After a write


class Unsettled(Reads):
    """Raises InconsistentReadError until the read with this number."""

    def __call__(self) -> LiveSlot | None:
        found = super().__call__()
        if found is None:
            raise InconsistentReadError("Two reads differ.", hint="Wait.")
        return found


def test_reads_that_do_not_settle_are_repeated_until_the_deadline() -> None:
    clock, reads = VirtualClock(), Unsettled(shown_from=3)
    assert read(reads, clock) == SLOT
    with pytest.raises(InconsistentReadError):
        read(Unsettled(shown_from=99), clock)
    assert clock.monotonic() == pytest.approx(3.0 + LAG_SECONDS)
