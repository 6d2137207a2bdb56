"""Which patterns shadow others, compared with brute force on short texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from reconciler.patterns.backtracking import Effort
from reconciler.patterns.ecmascript.parsing import read
from reconciler.patterns.inclusion import includes, shadows
from reconciler.patterns.parsing import parse
from tests.support.patterns import PATTERN, TEXTS


@settings(max_examples=400, deadline=None)
@given(PATTERN, PATTERN)
def test_no_short_text_contradicts_an_inclusion(wide: str, narrow: str) -> None:
    wider, narrower = parse(wide), parse(narrow)
    assert wider
    assert narrower
    first, second = re.compile(wide), re.compile(narrow)
    counterexamples = [text for text in TEXTS if second.search(text) and not first.search(text)]
    assert not (includes(wider, narrower, ignore_case=False, effort=Effort()) and counterexamples)


@given(PATTERN)
def test_a_pattern_includes_itself_and_shadows_itself(pattern: str) -> None:
    tree = parse(pattern)
    assert tree
    assert includes(tree, tree, ignore_case=False, effort=Effort())
    assert shadows(pattern, pattern, effort=Effort())


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (r"\d+", r"^\d{4}$"),
        (r"^.*$", r"^ORD-\d{5}$"),
        (r"[A-Z]+-\d+", r"^ORD-\d{5}$"),
        ("order", "my order"),
        (r"^(a|b)+$", "^[ab]{2,}$"),
        (r"^\w+$", r"^[a-z0-9_]+$"),
        (r"\bcat\b", "^cat$"),
        ("a*", "b"),
    ],
)
def test_a_pattern_is_shadowed_if_the_earlier_one_always_matches_too(
    earlier: str, later: str
) -> None:
    assert shadows(earlier, later, effort=Effort())


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (r"^\d{4}$", r"\d+"),
        (r"^ORD-\d{5}$", r"^ORD-\d{6}$"),
        (r"^\d{5}$", r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$"),
        (r"^[a-z]+$", r"^\w+$"),
        ("cat", r"\bc\w+"),
        (r"(a)\1", "aa"),
        ("(?=a)a", "a"),
        ("a", r"(?<n>a)(?<n>)"),
        (r"^[à-ÿ]+$", r"^\w+$"),
        (r"^\w+$", r"^[à-ÿ]+$"),
        ("ord", "ORD"),
    ],
)
def test_a_pattern_is_not_shadowed_if_the_earlier_one_may_not_match_or_it_is_unknown(
    earlier: str, later: str
) -> None:
    assert not shadows(earlier, later, effort=Effort())


def test_boundaries_of_ascii_words_are_not_decided() -> None:
    tree = read(r"\bcat").tree
    assert not includes(tree, tree, ignore_case=False, effort=Effort())
