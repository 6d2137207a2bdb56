"""Which characters a set contains, compared with the engine, character by character."""

from __future__ import annotations

from random import Random

import pytest
import regex

from reconciler.patterns.characters import LAST, CharacterSet, Dialect
from reconciler.patterns.membership import members

SETS = {
    r"\d": CharacterSet(categories=("d",)),
    r"\w": CharacterSet(categories=("w",)),
    r"[^\W_]": CharacterSet(((95, 95),), ("W",), negated=True),
    r"[\s-]": CharacterSet(((45, 45),), ("s",)),
    "[a-z]": CharacterSet(((97, 122),)),
    "[^k]": CharacterSet(((107, 107),), negated=True),
    "[\\u00df-\\u0170]": CharacterSet(((0xDF, 0x170),)),
    r"[^\W\d]": CharacterSet((), ("W", "d"), negated=True),
    "[\\u03c3i]": CharacterSet(((0x3C3, 0x3C3), (105, 105))),
}


def contains(taken: CharacterSet, point: int, *, dialect: Dialect, ignore_case: bool) -> bool:
    found = members(taken, dialect=dialect, ignore_case=ignore_case)
    return any(least <= point <= most for least, most in found)


@pytest.mark.parametrize("ignore_case", [False, True])
@pytest.mark.parametrize("spelling", SETS)
def test_a_set_contains_what_the_engine_says(spelling: str, ignore_case: bool) -> None:
    compiled = regex.compile(spelling, regex.IGNORECASE if ignore_case else 0)
    random = Random(spelling)
    points = {*range(0x250), 0x17F, 0x212A, 0x1E9E, 0xB2, 0x903, 0xD800, LAST}
    points |= {random.randrange(0x33500) for _ in range(300)} | {0x3FFFF, 0xE0100}
    found = members(SETS[spelling], dialect=Dialect.PYTHON, ignore_case=ignore_case)
    inside = {point for least, most in found for point in points if least <= point <= most}
    assert inside == {point for point in points if compiled.match(chr(point))}


def test_what_is_part_of_a_word_is_asked_of_the_engine() -> None:
    """Combining marks are to `regex`, and ² is not; to `str.isalnum` it is the other way round."""
    for point, is_inside in ((0x903, True), (0xB2, False)):
        assert contains(SETS[r"\w"], point, dialect=Dialect.PYTHON, ignore_case=False) is is_inside


@pytest.mark.parametrize(
    ("letter", "same"),
    [
        ("k", "kK"),
        ("s", "sS"),
        ("i", "iI"),
        ("\u00e9", "\u00e9\u00c9"),
        ("\u03c3", "\u03c3\u03a3\u03c2"),
    ],
)
def test_to_ecmascript_letters_are_the_same_by_their_upper_case(letter: str, same: str) -> None:
    """ECMA-262, Canonicalize: without the flag `u`, no other character equals one of ASCII."""
    taken = CharacterSet(((ord(letter), ord(letter)),))
    found = members(taken, dialect=Dialect.ECMASCRIPT, ignore_case=True)
    assert {chr(point) for least, most in found for point in range(least, most + 1)} == set(same)


def test_a_negated_set_contains_no_other_case_of_what_it_names() -> None:
    taken = CharacterSet(((107, 107),), negated=True)
    for dialect in Dialect:
        assert not contains(taken, ord("K"), dialect=dialect, ignore_case=True)
        assert contains(taken, ord("K"), dialect=dialect, ignore_case=False)


def test_without_ranges_a_set_is_everything_or_nothing() -> None:
    for dialect in Dialect:
        for ignore_case in (False, True):
            everything = CharacterSet(negated=True)
            assert members(everything, dialect=dialect, ignore_case=ignore_case) == ((0, LAST),)
            assert members(CharacterSet(), dialect=dialect, ignore_case=ignore_case) == ()
