"""What a text must contain, begin and end with, compared with the engine on short texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.patterns.parsing import parse
from reconciler.patterns.required import Edges, required_edges, required_text
from tests.support.patterns import PATTERN, TEXTS


def edges(pattern: str, *, whole: bool = False, ignore_case: bool = False) -> Edges:
    tree = parse(pattern)
    assert tree is not None
    return required_edges(tree, whole=whole, ignore_case=ignore_case)


@settings(max_examples=200)
@given(PATTERN)
def test_every_match_contains_the_required_text(pattern: str) -> None:
    compiled = re.compile(pattern)
    matching = [text for text in TEXTS if compiled.search(text)]
    assert all(required_text(pattern) in text for text in matching)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^ORD-\d{5}$", "ord-"),
        (r"^\d{3}(TCK)#$", "tck#"),
        (r"a+bc|d", ""),
        (r"\d", ""),
        ("Ä-x", "-x"),
        ("(a", ""),
    ],
)
def test_the_required_text_is_read_from_the_tree(pattern: str, text: str) -> None:
    assert required_text(pattern) == text


@settings(max_examples=200)
@given(pattern=PATTERN, whole=st.booleans())
def test_every_match_has_the_required_edges(pattern: str, whole: bool) -> None:
    compiled, required = re.compile(pattern), edges(pattern, whole=whole)
    match = compiled.fullmatch if whole else compiled.search
    taken = [text for text in TEXTS if text and match(text)]
    assert [text for text in taken if not required.allow(text[0], text[-1])] == []


@pytest.mark.parametrize(
    ("pattern", "first", "last"),
    [
        ("^ab$", "a", "b\n"),
        (r"^ab\Z", "a", "b"),
        ("^(a|bc)x?(d|e+)$", "ab", "de\n"),
        ("^a?b?c", "abc", None),
        ("(a|b)$", None, "ab\n"),
        (r"^\b(?:[0-2]x)+?", "012", None),
        ("^a|b$", None, None),
        ("ab", None, None),
        ("^a*$", None, None),
    ],
)
def test_only_an_anchor_determines_what_a_text_begins_or_ends_with(
    pattern: str, first: str | None, last: str | None
) -> None:
    assert edges(pattern) == Edges(
        None if first is None else frozenset(first), None if last is None else frozenset(last)
    )


def test_a_match_of_the_whole_text_needs_no_anchor() -> None:
    assert edges("(?>a|b)c+", whole=True) == Edges(frozenset("ab"), frozenset("c"))


def test_case_can_be_ignored() -> None:
    assert edges("^[a-c]", ignore_case=True) == Edges(frozenset("abcABC"))


def test_beyond_ascii_any_character_is_allowed() -> None:
    assert edges("^a$").allow("ä", "€")
    assert not edges("^a$").allow("b", "a")
    assert not edges("^a$").allow("a", "b")
