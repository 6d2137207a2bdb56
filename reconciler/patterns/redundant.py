"""Patterns that another one of the same slot makes superfluous.

In doubt the answer is no: a yes leads to a warning. It must hold in each dialect that accepts both
patterns, because the tenant may use either. The cost is added to `effort`.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import ne

from reconciler.patterns.backtracking import Effort
from reconciler.patterns.characters import Dialect
from reconciler.patterns.comparison import Question
from reconciler.patterns.matching import finds
from reconciler.patterns.modelled import NotModelledError
from reconciler.patterns.parsing import parse
from reconciler.patterns.required import required_text
from reconciler.patterns.typical import typical
from reconciler.patterns.world import Criterion, Taker, World

_STEP = 10
"""A step of a walk costs about as much as this many steps of a matcher."""


def shadows(earlier: str, later: str, *, effort: Effort) -> bool:
    """Whether `earlier` matches in every text in which `later` does, with case distinguished. If
    so, and if it is tried first, the other one never matches.

    For most pairs, a single text that only `later` matches settles the question.
    """
    tree = parse(later)
    text = typical(tree) if tree is not None else None
    if text is not None and parse(earlier) is not None:
        if required_text(earlier) not in text.lower():
            return False
        if finds(later, text) and not finds(earlier, text):
            return False
    takers = (Taker((earlier,)), Taker((later,)))
    return _holds(
        takers, lambda world: _never(_finding(takers, world), world, _only_latter), effort
    )


def respelled(first: Taker, second: Taker, *, effort: Effort) -> bool:
    """Whether two takers take the same texts, and find something in the same ones."""
    takers = (first, second)

    def alike(world: World) -> bool:
        taking = (world.takes(first), world.takes(second))
        return _never(taking, world, ne) and _never(_finding(takers, world), world, ne)

    return _holds(takers, alike, effort)


_Criteria = tuple[Criterion, Criterion]


def _finding(takers: tuple[Taker, Taker], world: World) -> _Criteria:
    return world.finds(takers[0]), world.finds(takers[1])


def _only_latter(former: bool, latter: bool) -> bool:
    return latter and not former


def _never(criteria: _Criteria, world: World, apart: Callable[[bool, bool], bool]) -> bool:
    """Whether it is proven that no text is accepted by the two in this way."""
    question = Question(*criteria, alphabet=world.alphabet)
    return question.explored(is_found=apart).is_complete


def _holds(takers: tuple[Taker, Taker], proven: Callable[[World], bool], effort: Effort) -> bool:
    """Whether something is proven in each dialect that accepts all patterns."""
    asked = False
    for dialect in Dialect:
        spent = Effort()
        try:
            world = World(takers, dialect=dialect, effort=spent)
            if world.refused:
                continue
            asked = True
            if not proven(world):
                return False
        except NotModelledError:
            return False
        finally:
            effort.steps += spent.steps * _STEP
    return asked
