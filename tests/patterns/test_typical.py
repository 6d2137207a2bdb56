"""Typical texts of patterns."""

from __future__ import annotations

import re

import pytest
from hypothesis import given

from reconciler.patterns.parsing import parse
from reconciler.patterns.typical import typical
from tests.support.patterns import PATTERN


def typical_of(pattern: str) -> str | None:
    tree = parse(pattern)
    assert tree
    return typical(tree)


@given(PATTERN)
def test_a_typical_text_matches_unless_a_condition_prevents_it(pattern: str) -> None:
    text = typical_of(pattern)
    if text is not None and "\\" not in pattern:
        assert re.search(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[A-Z]{2}-\d{4,6}$", "AB-1234"),
        (r"\d+", "123"),
        (r"^(EU|UK) ?x*$", "EUxxx"),
        (r"^[a-z]+@[a-z]+\.de$", "abc@def.de"),
        ("[äöü]", "ä"),
        (r"\b\w(?>x)", "1x"),
    ],
)
def test_a_typical_text_reads_as_an_author_would_write_it(pattern: str, text: str) -> None:
    assert typical_of(pattern) == text


def test_a_very_long_typical_text_is_not_given() -> None:
    assert typical_of("a{201}") is None
