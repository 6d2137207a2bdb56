"""What differs between two environments live, and whether the files mean it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import PlanningError
from reconciler.model.content import FillerContent
from reconciler.model.environment import Environment
from reconciler.model.live_difference import Intent, LiveDifference
from reconciler.model.problem import NOWHERE
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot, UnreadableSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.live_difference import Side, live_difference
from tests.support.build import absent, live, slot, unreadable

NEW, OTHER = ("^new$",), ("^other$",)


def side(
    desired: Iterable[DesiredSlot],
    live_slots: Iterable[LiveSlot | UnreadableSlot],
    *,
    name: str = "staging",
    origin: str | None = None,
    ids: Mapping[str, str] | None = None,
) -> Side:
    held = tuple(live_slots)
    return Side(
        Environment(name=name, settings=Settings(), ids=ids or {}, locate=lambda _: NOWHERE),
        desired=DesiredState(desired),
        live=LiveState(
            (each for each in held if isinstance(each, LiveSlot)),
            unreadable=(each for each in held if isinstance(each, UnreadableSlot)),
        ),
        origin=origin or f"https://{name}.cognigy.com",
    )


def production(*args: Any, **options: Any) -> Side:
    return side(*args, name="production", **options)


def intents(found: LiveDifference) -> dict[str, dict[str, Intent]]:
    return {
        each.slot_id: {field.change.field: field.intent for field in each.fields}
        for each in found.slots
    }


def test_what_the_files_say_alike_is_not_meant_to_differ() -> None:
    found = live_difference(
        side([slot("a"), slot("b")], [live("a"), live("b")]),
        production([slot("a"), slot("b")], [live("a", patterns=NEW), live("b")]),
    )
    assert intents(found) == {"a": {"patterns": Intent.NOT_MEANT}}
    (difference,) = found.slots
    (field,) = difference.fields
    assert (field.change.before, field.change.after) == (["^a$"], ["^new$"])
    assert (found.same, found.exit_code, difference.only_in) == (1, 2, None)


def test_what_the_files_say_differently_in_the_same_way_is_meant() -> None:
    found = live_difference(
        side([slot("a", patterns=NEW)], [live("a", patterns=NEW)]),
        production([slot("a")], [live("a")]),
    )
    assert intents(found) == {"a": {"patterns": Intent.MEANT}}
    assert (found.same, found.exit_code) == (0, 0)


@pytest.mark.parametrize("there", [live("a", patterns=OTHER), live("a", patterns=("^new$", "^a$"))])
def test_it_is_not_meant_if_live_differs_in_another_way(there: LiveSlot) -> None:
    found = live_difference(
        side([slot("a", patterns=NEW)], [live("a", patterns=NEW)]),
        production([slot("a")], [there]),
    )
    assert intents(found) == {"a": {"patterns": Intent.NOT_MEANT}}


def test_each_field_has_an_intent_of_its_own() -> None:
    found = live_difference(
        side([slot("a", patterns=NEW)], [live("a", patterns=NEW)]),
        production([slot("a")], [live("a", fill_strategy="strict")]),
    )
    assert intents(found) == {"a": {"patterns": Intent.MEANT, "fill_strategy": Intent.NOT_MEANT}}
    (difference,) = found.slots
    assert difference.intent is Intent.NOT_MEANT
    assert [each.field for each in difference.of(Intent.MEANT)] == ["patterns"]
    assert (found.count(Intent.MEANT), found.count(Intent.NOT_MEANT)) == (1, 1)


def test_a_meant_difference_that_is_not_live_is_none() -> None:
    found = live_difference(
        side([slot("a", patterns=NEW)], [live("a")]), production([slot("a")], [live("a")])
    )
    assert (found.slots, found.same) == ((), 1)


@pytest.mark.parametrize(
    ("here", "there", "intent"),
    [
        (slot("a"), slot("a"), Intent.NOT_MEANT),
        (slot("a"), absent("a"), Intent.MEANT),
        (absent("a"), slot("a"), Intent.NOT_MEANT),
        (absent("a"), absent("a"), Intent.NOT_MEANT),
    ],
)
def test_a_slot_in_only_one_of_them_is_meant_if_the_files_say_so(
    here: DesiredSlot, there: DesiredSlot, intent: Intent
) -> None:
    for found in (
        live_difference(side([here], [live("a")]), production([there], [])),
        live_difference(production([there], []), side([here], [live("a")])),
    ):
        (difference,) = found.slots
        assert (difference.only_in, difference.only_in_intent) == ("staging", intent)
        assert difference.name == "name of a"
        assert difference.intents == {intent}


def test_a_slot_that_should_be_absent_and_lives_in_both_is_not_meant_to_differ() -> None:
    found = live_difference(
        side([slot("a", patterns=NEW)], [live("a", patterns=NEW)]),
        production([absent("a")], [live("a")]),
    )
    assert intents(found) == {"a": {"patterns": Intent.NOT_MEANT}}


def test_a_slot_that_lives_in_neither_is_no_difference() -> None:
    found = live_difference(side([slot("a")], []), production([slot("a")], []))
    assert (found.slots, found.same) == ((), 0)


def filler(**fields: Any) -> FillerContent:
    return FillerContent(flow="Orders", name="order", type="regex", **fields)


def test_a_field_that_a_file_leaves_unmanaged_is_neither_meant_nor_not() -> None:
    def here(desired: FillerContent, there: FillerContent, name: str) -> Side:
        return side(
            [DesiredSlot(slot_id="a", content=desired)],
            [LiveSlot(slot_id="a", content=there)],
            name=name,
        )

    found = live_difference(
        here(filler(regex="x"), filler(regex="x", context_key="one"), "staging"),
        here(filler(regex="x", context_key="two"), filler(regex="y", context_key="two"), "us"),
    )
    assert intents(found) == {"a": {"regex": Intent.NOT_MEANT, "context_key": Intent.UNMANAGED}}


def test_unmanaged_slots_stand_apart() -> None:
    found = live_difference(
        side([slot("a")], [live("a"), live("x"), live("y"), live("z"), unreadable("u")]),
        production([slot("a")], [live("a"), live("y", patterns=NEW), live("z"), live("w")]),
    )
    assert found.unmanaged.only_in == {"staging": ("u", "x"), "production": ("w",)}
    assert found.unmanaged.different == ("y",)
    assert (found.slots, found.exit_code) == ((), 0)


def test_unmanaged_slots_of_which_one_cannot_be_read_are_different() -> None:
    found = live_difference(
        side([], [live("x"), unreadable("y"), unreadable("z")]),
        production([], [unreadable("x"), live("y"), unreadable("z")]),
    )
    assert found.unmanaged.different == ("x", "y", "z")


def test_in_one_tenant_the_slots_of_the_other_environment_are_not_unmanaged() -> None:
    mine, theirs = {"a": "a_1"}, {"a": "a_2"}
    here, there = [live("a"), live("a_2")], [live("a"), live("a_1")]
    one = "https://acme.cognigy.com"
    shared = live_difference(
        side([slot("a")], here, origin=one, ids=mine),
        production([slot("a")], there, origin=one, ids=theirs),
    )
    assert shared.unmanaged.only_in == {"staging": (), "production": ()}
    apart = live_difference(
        side([slot("a")], here, ids=mine), production([slot("a")], there, ids=theirs)
    )
    assert apart.unmanaged.only_in == {"staging": ("a_2",), "production": ("a_1",)}


def test_a_managed_slot_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(PlanningError, match="production cannot be compared") as caught:
        live_difference(side([slot("a")], [live("a")]), production([slot("a")], [unreadable("a")]))
    (problem,) = caught.value.problems
    assert problem.slot_id == "a"


PATTERNS = st.sampled_from([("^a$",), NEW, OTHER])
STRATEGIES = st.sampled_from(["bestMatch", "strict"])
DESIRED = st.builds(
    lambda patterns, strategy: slot("a", patterns=patterns, fill_strategy=strategy),
    PATTERNS,
    STRATEGIES,
) | st.just(absent("a"))
LIVE = st.none() | st.builds(
    lambda patterns, strategy: live("a", patterns=patterns, fill_strategy=strategy),
    PATTERNS,
    STRATEGIES,
)


def as_live(desired: DesiredSlot) -> list[LiveSlot]:
    return [] if desired.content is None else [LiveSlot(slot_id="a", content=desired.content)]


@given(DESIRED, DESIRED)
def test_where_both_are_as_desired_every_difference_is_meant(
    here: DesiredSlot, there: DesiredSlot
) -> None:
    found = live_difference(side([here], as_live(here)), production([there], as_live(there)))
    assert found.exit_code == 0
    assert {intent for each in found.slots for intent in each.intents} <= {Intent.MEANT}


@given(DESIRED, DESIRED, LIVE, LIVE)
def test_the_other_way_round_the_same_differs_with_the_same_intent(
    here: DesiredSlot, there: DesiredSlot, live_here: LiveSlot | None, live_there: LiveSlot | None
) -> None:
    one = side([here], [live_here] if live_here else [])
    other = production([there], [live_there] if live_there else [])
    found, back = live_difference(one, other), live_difference(other, one)
    assert intents(found) == intents(back)
    assert [each.only_in_intent for each in found.slots] == [
        each.only_in_intent for each in back.slots
    ]
    assert (found.same, found.exit_code) == (back.same, back.exit_code)
