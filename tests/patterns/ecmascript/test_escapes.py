"""Escapes and sets, which are compared with V8 in `test_matching`."""

from __future__ import annotations

import pytest

from reconciler.patterns.characters import CharacterSet, Dialect
from reconciler.patterns.ecmascript.escapes import ReversedRangeError, bracketed, escape
from reconciler.patterns.membership import members


@pytest.mark.parametrize(
    ("body", "single", "end"),
    [
        (r"\n", "\n", 2),
        (r"\v", "\v", 2),
        (r"\cj", "\n", 3),
        (r"\c1", "\\", 1),
        (r"\x41", "A", 4),
        (r"\x4", "x", 2),
        (r"\u00e4", "ä", 6),
        (r"\u00e", "u", 2),
        (r"\0", "\0", 2),
        (r"\101", "A", 4),
        (r"\477", "'", 3),
        (r"\8", "8", 2),
        (r"\-", "-", 2),
        (r"\A", "A", 2),
    ],
)
def test_an_escape_stands_for_a_character(body: str, single: str, end: int) -> None:
    taken, after = escape(body + "0" if body.endswith("47") else body, 0)
    assert (taken.single, after) == (single, end)


def contains(taken: CharacterSet, character: str) -> bool:
    found = members(taken, dialect=Dialect.ECMASCRIPT, ignore_case=False)
    return any(least <= ord(character) <= most for least, most in found)


def test_classes_are_those_of_ascii_and_of_unicode_spaces() -> None:
    digits, words, spaces = (escape(each, 0).taken for each in (r"\d", r"\w", r"\s"))
    assert [contains(digits, each) for each in "0٣a"] == [True, False, False]
    assert [contains(words, each) for each in "z_ä"] == [True, True, False]
    assert [contains(spaces, each) for each in "\ufeff\x1c"] == [True, False]
    assert escape(r"\D", 0).taken == CharacterSet(digits.ranges, negated=True)


def test_a_class_is_no_end_of_a_range() -> None:
    taken = bracketed(r"[\D-9]", 0, 6)
    assert all(contains(taken, each) for each in "a-9")
    assert not contains(taken, "8")


def test_a_reversed_range_is_refused_where_it_begins() -> None:
    with pytest.raises(ReversedRangeError) as caught:
        bracketed("[ab-a]", 0, 6)
    assert caught.value.place == 2
