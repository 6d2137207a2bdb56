"""What tells two patterns apart, checked by others: a JavaScript engine, and a solver."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
import regress
import z3

from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import Difference, found_apart, taken_apart
from reconciler.patterns.modelled import NotModelledError, modelled
from reconciler.patterns.syntax import Characters, Choice, Node, Repeat, Sequence, walk
from reconciler.patterns.world import Choice as Chosen
from reconciler.patterns.world import Taker, World
from tests.support.edited_patterns import edit, pattern

LETTERS = "ab1- \u00e9"
TEXTS = ["".join(each) for length in range(1, 5) for each in product(LETTERS, repeat=length)]


def in_javascript(body: str) -> list[str | None]:
    compiled = regress.Regex(body)
    found = [compiled.find(text) for text in TEXTS]
    return [
        None if match is None else text.encode()[match.range().start : match.range().stop].decode()
        for match, text in zip(found, TEXTS, strict=True)
    ]


def claims(difference: Difference) -> list[tuple[bool, bool] | None]:
    return [difference.question.sides_of(text) for text in TEXTS]


@pytest.mark.parametrize("block", range(3))
def test_a_javascript_engine_takes_and_finds_what_the_comparison_says(block: int) -> None:
    random = Random(block)
    decided = 0
    for _ in range(40):
        before = pattern(random)
        after = edit(random, before)
        takers = Taker((before,)), Taker((after,))
        old, new = in_javascript(before), in_javascript(after)
        for apart in (taken_apart, found_apart):
            try:
                difference = apart(*takers, World(takers, dialect=Dialect.ECMASCRIPT))
            except NotModelledError:
                continue
            decided += 1
            taking = apart is taken_apart
            expected = [
                (one == text, other == text) if taking else (one is not None, other is not None)
                for one, other, text in zip(old, new, TEXTS, strict=True)
            ]
            assert claims(difference) == expected, (before, after)
            if difference.is_none:
                assert all(one == other for one, other in expected), (before, after)
    assert decided > 40


def solver_regex(node: Node) -> z3.ReRef:
    """The node's ASCII texts, as the solver writes them."""
    if isinstance(node, Characters):
        ranges = [
            z3.Range(chr(least), chr(min(most, 126)))
            for least, most in ((max(first, 32), last) for first, last in node.taken.ranges)
            if least <= min(most, 126)
        ]
        nothing = z3.Empty(z3.ReSort(z3.StringSort()))
        return z3.Union(*ranges) if len(ranges) > 1 else (ranges or [nothing])[0]
    if isinstance(node, Choice):
        return z3.Union(*map(solver_regex, node.branches))
    if isinstance(node, Repeat):
        body = solver_regex(node.body)
        if node.most is None:
            return (
                z3.Concat(z3.Loop(body, node.least, node.least), z3.Star(body))
                if node.least
                else z3.Star(body)
            )
        return z3.Loop(body, node.least, node.most) if node.most else z3.Re("")
    if isinstance(node, Sequence):
        parts = [solver_regex(part) for part in node.parts]
        return z3.Concat(*parts) if len(parts) > 1 else (parts or [z3.Re("")])[0]
    raise TypeError(node)


def plain(random: Random) -> str:
    """A pattern that the solver can read: only sets, choices and counts."""
    while True:
        body = pattern(random).strip("^$")
        if "^" in body.replace("[^", "") or "$" in body:
            continue
        tree = modelled(body, dialect=Dialect.ECMASCRIPT, ignore_case=False)
        if all(isinstance(each, (Characters, Choice, Repeat, Sequence)) for each in walk(tree)):
            return body


@pytest.mark.parametrize("block", range(2))
def test_a_solver_agrees_on_which_patterns_match_the_same_whole_texts(block: int) -> None:
    random = Random(block)
    verdicts = []
    for number in range(60):
        before = plain(random)
        after = f"(?:{before})|(?:{before})(?:a{{0}})" if number % 4 == 0 else plain(random)
        takers = Taker((before,), Chosen.WHOLE), Taker((after,), Chosen.WHOLE)
        difference = taken_apart(*takers, World(takers, dialect=Dialect.ECMASCRIPT))
        text, solver = z3.String("text"), z3.Solver()
        solver.set("rlimit", 3_000_000)
        sides = [
            z3.InRe(
                text, solver_regex(modelled(each, dialect=Dialect.ECMASCRIPT, ignore_case=False))
            )
            for each in (before, after)
        ]
        solver.add(sides[0] != sides[1], z3.Length(text) > 0)
        answer = solver.check()
        if difference.is_complete and answer != z3.unknown:
            verdicts.append(difference.is_none)
            assert difference.is_none == (answer == z3.unsat), (before, after)
    assert set(verdicts) == {True, False}
    assert len(verdicts) > 40
