"""Which patterns shadow others, compared with brute force on short texts."""

from __future__ import annotations

import re

import pytest
import regex
from hypothesis import given, settings

from reconciler.patterns.backtracking import Effort
from reconciler.patterns.redundant import respelled, shadows
from reconciler.patterns.world import Taker
from tests.support.patterns import PATTERN, TEXTS


@settings(max_examples=200, deadline=None)
@given(PATTERN, PATTERN)
def test_no_short_text_contradicts_a_shadow(wide: str, narrow: str) -> None:
    first, second = re.compile(wide), re.compile(narrow)
    counterexamples = [text for text in TEXTS[1:] if second.search(text) and not first.search(text)]
    assert not (shadows(wide, narrow, effort=Effort()) and counterexamples)


@given(PATTERN)
def test_a_pattern_shadows_itself(pattern: str) -> None:
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


@pytest.mark.parametrize(
    ("earlier", "later", "text"),
    [
        ("^a{200}$", "^a{300}$", "a" * 300),
        ("[^ऀ-॰]", r"^\d$", "\u0966"),
        (r"^\w$", "^[a-z²]$", "²"),
    ],
)
def test_what_only_a_long_or_a_foreign_text_refutes_is_not_a_shadow(
    earlier: str, later: str, text: str
) -> None:
    assert regex.search(later, text)
    assert not regex.search(earlier, text)
    assert not shadows(earlier, later, effort=Effort())


def test_a_shadow_must_hold_in_each_dialect() -> None:
    """To Python, \u0903 is part of a word; to ECMAScript it is not."""
    assert not shadows(r"^[\w!]$", "^[a\u0903!]$", effort=Effort())
    assert shadows(r"^[\w!]$", "^[a!]$", effort=Effort())


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (r"^(?=.*\d).{4,}$", r"^\d{4}$"),
        (r"^(?!0)\d+", r"^[1-9]\d{2}$"),
        (r"(?<!-)\b\d", r"^\d{4}$"),
    ],
)
def test_lookaround_is_decided(earlier: str, later: str) -> None:
    assert shadows(earlier, later, effort=Effort())
    assert not shadows(later, earlier, effort=Effort())


def taker(pattern: str) -> Taker:
    return Taker((pattern,))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (r"\d\d\d\d", r"\d{4}"),
        ("^(a|b)+$", "^[ab]{1,}$"),
        (r"^[A-Za-z0-9_]$", r"^[\dA-Z_a-z]$"),
        (r"^(EU|UK)$", r"^(?:UK|EU)$"),
    ],
)
def test_patterns_may_differ_in_spelling_only(first: str, second: str) -> None:
    is_same = respelled(taker(first), taker(second), effort=Effort())
    assert is_same == (r"\dA" not in second)


@pytest.mark.parametrize(
    ("first", "second"),
    [(r"\d{4}", r"^\d{4}$"), ("a|ab", "ab|a"), (r"(a)\1", "aa"), (r"^\w$", "^[A-Za-z0-9_]$")],
)
def test_patterns_differ_if_any_text_tells_them_apart_or_that_is_not_known(
    first: str, second: str
) -> None:
    assert not respelled(taker(first), taker(second), effort=Effort())
