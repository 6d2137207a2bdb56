"""How many ways of failing a text can force on an engine."""

from __future__ import annotations

import pytest

from reconciler.patterns.alphabet import LINE_BREAK, Alphabet
from reconciler.patterns.backtracking import Matcher
from reconciler.patterns.ecmascript.cost import ENDLESS, attempts
from reconciler.patterns.ecmascript.parsing import read
from reconciler.patterns.program import compiled
from reconciler.patterns.syntax import distinguished
from tests.support.patterns import CATASTROPHIC_PATTERNS

LENGTH = 30


@pytest.mark.parametrize(
    ("body", "ways"),
    [
        ("abc", 31),
        ("a|b|c", 31 * 3),
        (r"\d{4,6}", 31 * 3),
        (r"\d{4}", 31),
        (r"\d*-\d+", 31 * 31 * 31),
        ("(?:a|b){3}", 31 * 8),
        ("(?=a|b)c?", 31 * 2 * 2),
        ("(?:a|b)+", ENDLESS),
        ("(?:a*)*", ENDLESS),
        ("(?:a?){2}", ENDLESS),
    ],
)
def test_ways_multiply_along_a_sequence_and_add_up_over_branches(body: str, ways: int) -> None:
    assert attempts(read(body).tree, length=LENGTH) == ways


@pytest.mark.parametrize("body", [each for each in CATASTROPHIC_PATTERNS if "(?>" not in each])
def test_a_catastrophic_pattern_is_endless(body: str) -> None:
    if "++" not in body:
        assert attempts(read(body).tree, length=100) == ENDLESS


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"a*a*a*b", "a" * LENGTH),
        (r"(?:a|ab|b)(?:a|ba?)(?:b|a){2}c", "ab" * 15),
        (r"(?=a*a*b)c", "a" * LENGTH),
        (r"(?:a{1,3}b?){4}c", "a" * LENGTH),
    ],
)
def test_a_matcher_stays_within_the_ways_times_what_one_takes(body: str, text: str) -> None:
    tree = read(body).tree
    alphabet = Alphabet([*distinguished(tree), LINE_BREAK])
    program = compiled(tree, alphabet)
    limit = attempts(tree, length=LENGTH) * (len(program.states) + LENGTH)
    assert not Matcher(text, alphabet=alphabet, limit=limit).search(program)
