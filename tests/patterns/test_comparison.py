"""What tells two takers apart, compared with brute force on all short texts."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from reconciler.patterns import components, world
from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import Question, taken_apart, taken_by_both
from reconciler.patterns.components import DEAD, MAX_STEPS, Component
from reconciler.patterns.lookaround import FREE, Lookarounds
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.program import compiled
from reconciler.patterns.walk import MAX_NODES
from reconciler.patterns.world import Choice, Criterion, Taker, World
from tests.support.brute_force import faults_of, takers
from tests.support.edited_patterns import pattern

PAIRS = 300


@pytest.mark.parametrize("block", range(6))
def test_a_difference_is_that_of_brute_force(block: int) -> None:
    random = Random(block)
    decided = 0
    for _ in range(PAIRS // 6):
        former, latter = takers(random)
        count, faults = faults_of(former, latter)
        decided += count
        assert faults == [], (former, latter)
    assert decided > PAIRS // 6


def all_threads_sorted(self: Component, threads: list[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(threads), key=lambda each: each[0]))


def one_thread_a_place(self: Component, threads: list[Any]) -> tuple[Any, ...]:
    return tuple({pc: (pc, duties) for pc, duties in reversed(threads)}.values())


def reversed_moves(moved: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: reversed(list(moved(*args)))


BREAKS: dict[str, tuple[Any, str, Any]] = {
    "priorities do not matter": (world, "is_closed", lambda tree: True),
    "every pattern is anchored": (world, "is_anchored", lambda tree: True),
    "what is empty is repeated": (world, "prefers_alike", lambda tree: True),
    "threads are in no order": (Component, "_distinct", all_threads_sorted),
    "duties are lost": (Component, "_distinct", one_thread_a_place),
    "the other branch is preferred": (Component, "_moved", reversed_moves(Component._moved)),
    "nothing begins later": (components, "_matches_later", lambda program: False),
    "anchors always hold": (components, "holds", lambda instruction, place: True),
    "no character is part of a word": (components, "words", lambda program, alphabet: 0),
    "lookaheads always hold": (Lookarounds, "due", lambda self, duties, place: FREE),
    "duties never fail": (Lookarounds, "carried", lambda self, duties, letter: FREE),
    "lookbehinds begin once": (
        Lookarounds,
        "followed",
        lambda self, behind, place, letter: tuple(
            self._after(look, self._reach(look, kernel, place)[0], letter)
            for look, kernel in zip(self._behind, behind, strict=True)
        ),
    ),
    "counts are endless": (
        world,
        "compiled",
        lambda tree, alphabet: compiled(tree, alphabet, max_count=1),
    ),
    "one dead automaton settles it": (
        Question,
        "_is_settled",
        lambda self, node: any(state == DEAD for state in node),
    ),
    "the first pattern does not decide": (
        Criterion,
        "accepts",
        lambda self, states: any(each.accepts(states[each]) for each in self.any_of),
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_rule_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison with brute force is worth something: it fails for each broken rule."""
    owner, attribute, broken = BREAKS[name]
    monkeypatch.setattr(owner, attribute, broken)
    random = Random(name)
    assert any(faults_of(*takers(random))[1] for _ in range(PAIRS))


def verdict(
    former: Taker, latter: Taker, *, dialect: Dialect = Dialect.PYTHON
) -> list[bool] | None:
    """Whether only the former, and only the latter takes something; None if it is not known."""
    try:
        found = taken_apart(former, latter, World((former, latter), dialect=dialect))
    except NotModelledError:
        return None
    return [bool(found.former), bool(found.latter)] if found.is_complete else None


def test_a_taker_differs_from_itself_in_nothing_and_a_change_undone_is_the_mirror_image() -> None:
    random = Random(1)
    for _ in range(60):
        former, latter = takers(random)
        assert verdict(former, former) in ([False, False], None)
        there, back = verdict(former, latter), verdict(latter, former)
        assert there == (back and back[::-1])


@pytest.mark.parametrize("choice", [Choice.LONGEST, Choice.WHOLE])
def test_a_pattern_more_drops_nothing(choice: Choice) -> None:
    random = Random(2)
    for _ in range(60):
        patterns = pattern(random), pattern(random)
        found = verdict(Taker(patterns[:1], choice), Taker(patterns, choice))
        assert found is None or not found[0]


def test_what_two_take_in_common_is_symmetric() -> None:
    random = Random(3)
    for _ in range(60):
        first, second = takers(random)
        try:
            whole = World((first, second), dialect=Dialect.PYTHON)
            one, other = taken_by_both(first, second, whole), taken_by_both(second, first, whole)
        except NotModelledError:
            continue
        assert bool(one.texts) == bool(other.texts)


@pytest.mark.parametrize(
    ("before", "after"),
    [("^[0-9]$", r"^\d$"), ("^a{1,}$", "^a+$"), ("^(ab|c)$", "^(c|ab)$"), ("^(?:a?)?$", "^a?$")],
)
def test_spellings_of_the_same_take_the_same(before: str, after: str) -> None:
    found = verdict(Taker((before,)), Taker((after,)), dialect=Dialect.ECMASCRIPT)
    assert found == [False, False]


@pytest.mark.parametrize(
    "patterns",
    [
        ("(a|b)*a(a|b){20}", "(a|b)*b(a|b){20}"),
        ("^(?=.*a.{15})(?=.*b.{16}).*c", "^(?=.*a.{16})(?=.*b.{15}).*c"),
        (r"(\w+ ){1,40}x", r"(\w+ ?){1,40}y"),
    ],
)
def test_whatever_the_patterns_a_question_is_bounded(patterns: tuple[str, str]) -> None:
    """And what is not gone through is not claimed to be the same."""
    former, latter = Taker(patterns[:1]), Taker(patterns[1:])
    whole = World((former, latter), dialect=Dialect.PYTHON)
    found = taken_apart(former, latter, whole)
    assert len(found.former.graph.nodes) <= MAX_NODES + 1
    assert whole.effort.steps <= 2 * MAX_STEPS
    assert not found.is_complete
    assert not found.is_none
