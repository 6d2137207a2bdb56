"""The tree of a pattern, or its outline if it is not modelled exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.patterns.characters import CharacterSet
from reconciler.patterns.parsing import MAX_LENGTH, outline, parse
from reconciler.patterns.syntax import Atomic, Characters, Choice, Look, Repeat, Sequence

A, B = (Characters(CharacterSet(((ord(each), ord(each)),))) for each in "ab")
WHATEVER, NOTHING = Characters(CharacterSet(negated=True)), Sequence(())


@pytest.mark.parametrize(
    ("pattern", "tree"),
    [
        (r"a\1b", Sequence((A, NOTHING, B))),
        ("(?i)a", Sequence((NOTHING, A))),
        ("(?i:a)", Sequence((A,))),
        ("a(?#b)", Sequence((A, NOTHING))),
        ("(?(1)a|b)", Sequence((Choice((A, B)),))),
        ("(?|a|b)", Sequence((Choice((A, B)),))),
        ("[[:alpha:]]a", Sequence((WHATEVER, A))),
        (r"\ma", Sequence((WHATEVER, A))),
        ("{a", Sequence((WHATEVER, A))),
        ("(?<=a*)b", Sequence((Look(Repeat(A, 0, None), ahead=False, negated=False), B))),
        ("(?=a)+", Repeat(Look(A, ahead=True, negated=False), 1, None)),
        ("a{3,1}", Repeat(A, 3, 1)),
        ("(?<n>a)(?<n>b)", Sequence((Sequence((A,)), Sequence((B,))))),
    ],
)
def test_a_pattern_that_is_not_modelled_has_only_an_outline(pattern: str, tree: object) -> None:
    assert parse(pattern) is None
    assert outline(pattern) == tree


def test_the_outline_of_a_modelled_pattern_is_its_tree() -> None:
    assert parse("a++|b") == outline("a++|b") == Choice((Atomic(Repeat(A, 1, None)), B))


@pytest.mark.parametrize("pattern", ["(a", "a)", "(?=a", "a" * (MAX_LENGTH + 1)])
def test_unpaired_brackets_and_long_patterns_have_no_outline(pattern: str) -> None:
    assert outline(pattern) is None
    assert parse(pattern) is None


@given(st.text(alphabet=r"ab1,{}()[]*+?|\^$.-:=!<>PxNR&#k", max_size=50))
def test_a_tree_is_its_own_outline(pattern: str) -> None:
    assert parse(pattern) in (None, outline(pattern))
