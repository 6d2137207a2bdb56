"""What a plan makes two slots both take."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.effect import Overlap
from reconciler.model.slot import DesiredSlot, Examples, LiveSlot, MatchExample
from reconciler.model.state import DesiredState
from reconciler.planning.effects import effects_of
from reconciler.planning.overlaps import Overlaps, overlaps_of
from reconciler.planning.trial import Trial
from tests.support.build import live, plan, slot

TICKETS = r"^[A-Z]+-\d+$"


def found(desired: list[DesiredSlot], live_slots: list[LiveSlot]) -> Overlaps:
    state = DesiredState(desired)
    trial = Trial(COGNIGY_V1)
    return overlaps_of(plan(state, live_slots), desired=state, api=COGNIGY_V1, trial=trial)


def with_example(desired: DesiredSlot, *texts: str) -> DesiredSlot:
    examples = Examples(match=tuple(MatchExample(text=text) for text in texts))
    return replace(desired, examples=examples)


def test_slots_that_were_disjoint_and_are_no_longer_overlap() -> None:
    made = found(
        [slot("order", patterns=(r"^[A-Z]{3}-\d{5}$",)), slot("ticket", patterns=(TICKETS,))],
        [live("order", patterns=(r"^\d{5}$",)), live("ticket", patterns=(TICKETS,))],
    )
    assert made == Overlaps(
        (Overlap(slot_id="order", other="ticket", text="ABC-12345", pattern=TICKETS),), 0
    )


def test_an_example_of_either_slot_is_the_witness_if_it_lies_in_both() -> None:
    desired = [
        slot("order", patterns=(r"^[A-Z]{3}-\d{5}$",)),
        with_example(slot("ticket", patterns=(TICKETS,)), "A-1", "ORD-54321"),
    ]
    (overlap,) = found(desired, [live("order"), live("ticket", patterns=(TICKETS,))]).made
    assert (overlap.text, overlap.own_example) == ("ORD-54321", True)


@pytest.mark.parametrize(
    ("before", "after", "other"),
    [
        (r"^[A-Z]{3}-\d{5}$", r"^[A-Z]{3}-\d{4,5}$", TICKETS),  # they overlapped before
        (r"^\d{4}$", r"^\d{5}$", TICKETS),  # they do not now
        (r"^[A-Z]{3}-\d{5}$", r"^\d{5}$", TICKETS),  # they no longer do
    ],
)
def test_other_pairs_are_not_told(before: str, after: str, other: str) -> None:
    made = found(
        [slot("a", patterns=(after,)), slot("b", patterns=(other,))],
        [live("a", patterns=(before,)), live("b", patterns=(other,))],
    )
    assert made == Overlaps((), 0)


def test_a_created_slot_overlaps_with_one_that_is_not_changed() -> None:
    made = found([slot("new", patterns=("^[ab]$",)), slot("old")], [live("old")])
    assert [(each.slot_id, each.other, each.text) for each in made.made] == [("new", "old", "a")]


def test_of_two_changed_slots_the_pair_is_told_once() -> None:
    made = found(
        [slot("a", patterns=("^x$",)), slot("b", patterns=("^x$",))],
        [live("a", patterns=("^1$",)), live("b", patterns=("^2$",))],
    )
    assert [(each.slot_id, each.other) for each in made.made] == [("a", "b")]


def test_what_is_not_modelled_is_counted() -> None:
    made = found(
        [slot("a", patterns=("^x$",)), slot("b", patterns=(r"(x)\1",)), slot("c", patterns=("y",))],
        [live("a"), live("b", patterns=(r"(x)\1",)), live("c", patterns=("y",))],
    )
    assert made == Overlaps((), 1)


def test_pairs_past_the_cap_are_counted() -> None:
    made = found([slot(f"s{number}", patterns=(f"^{number}$",)) for number in range(201)], [])
    assert made == Overlaps((), 201 * 200 // 2 - 20_000)


def test_of_a_very_large_bot_some_pairs_are_not_compared_and_are_counted() -> None:
    names = [f"s{number}" for number in range(509)]
    made = found(
        [slot(name, patterns=("^b$" if name == "s0" else "^c$",)) for name in names],
        [live(name, patterns=("^a$" if name == "s0" else "^c$",)) for name in names],
    )
    assert made == Overlaps((), 9)


@pytest.mark.parametrize("side", ["before", "after"])
def test_slots_with_too_many_patterns_are_not_compared_and_are_counted(side: str) -> None:
    many = tuple(f"^{number}$" for number in range(4_999))
    before, after = (many, ("^a$",)) if side == "before" else (("^a$",), many)
    made = found(
        [slot("large", patterns=after), slot("b", patterns=("^b$",)), slot("c", patterns=("^c$",))],
        [
            live("large", patterns=before),
            live("b", patterns=("^b$",)),
            live("c", patterns=("^c$",)),
        ],
    )
    assert made == Overlaps((), 1)  # there is room for one of the others


def test_the_effects_of_a_plan_hold_its_overlaps() -> None:
    state = DesiredState([slot("new", patterns=("^[ab]$",)), slot("old")])
    effects = effects_of(plan(state, [live("old")]), desired=state, api=COGNIGY_V1)
    assert effects.slots == {}
    assert [each.other for each in effects.overlaps_of("new")] == ["old"]
