"""Outlines show that two takers have nothing in common, and only if that is true."""

from __future__ import annotations

from random import Random

import pytest

from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import MAX_OUTLINES, begin_alike, taken_by_both
from reconciler.patterns.components import MAX_STEPS
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.outline import MAX_PLACES
from reconciler.patterns.world import Choice, Taker, World
from tests.support.brute_force import takers, takes


def alike(first: Taker, second: Taker) -> bool:
    world = World((first, second), dialect=Dialect.PYTHON)
    return begin_alike(world.takes(first), world.takes(second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (r"^ORD-\d+$", r"^TCK-\d+$"),
        ("^A-1$", "^A-2$"),
        ("^a$", "^ab$"),  # a text ends where the other goes on
        ("^a?$", "^b?$"),  # both take only the empty text in common
        ("^a{5}$", "^a{6}$"),
        (r"^\d{4}$", r"^\d{5,6}$"),
        ("^$", "^a$"),
    ],
)
def test_their_first_characters_show_that_two_patterns_have_no_text_in_common(
    first: str, second: str
) -> None:
    assert not alike(Taker((first,)), Taker((second,)))
    assert not alike(Taker((second,)), Taker((first,)))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("^a$", "^a$"),
        ("^a+$", "^aa$"),
        ("^ab?$", "^ac?$"),
        ("^(ab|cd)$", "^(ad|cb)$"),  # only both places together tell
        ("x", ".*"),
        (f"^a{{{MAX_PLACES}}}b$", f"^a{{{MAX_PLACES}}}c$"),  # too far away
    ],
)
def test_others_have_to_be_walked(first: str, second: str) -> None:
    assert alike(Taker((first,)), Taker((second,)))


def test_any_of_several_patterns_may_have_a_text_in_common() -> None:
    assert alike(Taker(("^1$", "^ab$")), Taker(("^2$", "^ab$")))
    assert not alike(Taker(("^1$", "^ab$")), Taker(("^2$", "^ac$")))


def test_very_many_patterns_are_not_compared_one_by_one() -> None:
    first, second = (Taker(tuple(f"^{name}{n}$" for n in range(300))) for name in "ab")
    assert len(first.patterns) ** 2 > MAX_OUTLINES
    assert alike(first, second)


def test_the_outline_ends_where_the_steps_are_used_up() -> None:
    pair = Taker(("^ab$",)), Taker(("^ac$",))
    world = World(pair, dialect=Dialect.PYTHON)
    criteria = [world.takes(each) for each in pair]
    world.effort.steps = MAX_STEPS
    assert begin_alike(*criteria)


def test_the_outline_ends_before_there_are_too_many_states() -> None:
    pair = Taker(("^(a|b)*a(a|b){20}$",)), Taker(("^(a|b)*b(a|b){20}$",))
    world = World(pair, dialect=Dialect.PYTHON)
    assert begin_alike(*map(world.takes, pair))
    assert world.effort.steps < MAX_STEPS / 10


def test_what_is_shown_is_true_of_all_short_texts() -> None:
    random = Random(5)
    shown = 0
    for _ in range(150):
        first, second = takers(random)[0], takers(random)[1]
        try:
            if alike(first, second):
                continue
        except NotModelledError:
            continue
        both = zip(takes(first)[1:], takes(second)[1:], strict=True)
        assert not any(map(all, both)), (first, second)
        shown += 1
    assert shown > 10


@pytest.mark.parametrize("choice", Choice)
def test_what_is_shown_is_what_a_walk_finds(choice: Choice) -> None:
    random = Random(6)
    for _ in range(60):
        first, second = (Taker(each.patterns, choice) for each in takers(random))
        try:
            world = World((first, second), dialect=Dialect.ECMASCRIPT)
            common = taken_by_both(first, second, world)
            if not begin_alike(world.takes(first), world.takes(second)):
                assert common.is_decided
                assert not common.texts
        except NotModelledError:
            continue
