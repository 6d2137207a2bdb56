r"""Escapes and sets of characters, as JavaScript reads them without the flag `u`.

Its rules for web compatibility (ECMAScript, Annex B) give nearly every text a meaning: `\8` is the
digit 8, `\q` the letter q, `\101` the letter A in octal, and `[\d-z]` a digit, a hyphen or z.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from reconciler.patterns.characters import ASCII_WORD, CharacterSet

_LAST = 0x10FFFF
_DIGITS = ((48, 57),)
_BLANKS = (
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
)
_LINE_BREAKS = ((10, 10), (13, 13), (0x2028, 0x2029))
_CLASSES = {"d": _DIGITS, "w": ASCII_WORD.ranges, "s": _BLANKS}
_CONTROLS = {"n": 10, "t": 9, "r": 13, "f": 12, "v": 11}

DOT = CharacterSet(_LINE_BREAKS, negated=True)
"""What `.` matches."""

_ESCAPE = re.compile(
    r"""\\(?:
      (?P<class>   [dDwWsS] )
    | (?P<control> [ntrfv] )
    | c(?P<letter> [A-Za-z] )
    | x(?P<hex>    [0-9A-Fa-f]{2} ) | u(?P<unit> [0-9A-Fa-f]{4} )
    | (?P<octal>   [0-3][0-7]{0,2} | [4-7][0-7]? )
    | (?P<itself>  [^c] )
    )""",
    re.VERBOSE | re.DOTALL,
)
_IN_SET = re.compile(r"\\(?P<backspace>b)|\\c(?P<letter>[0-9_])")


class Escape(NamedTuple):
    """What an escape stands for, and where it ends."""

    taken: CharacterSet
    end: int


class ReversedRangeError(Exception):
    """A range in a set ends before it begins."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


def escape(body: str, at: int) -> Escape:
    r"""The escape whose backslash is at `at` and not the last character. A `\c` that is no control
    character is a backslash, and the c follows."""
    match = _ESCAPE.match(body, at)
    if match is None:
        return Escape(one("\\"), at + 1)
    kind, text = str(match.lastgroup), match[match.lastgroup or 0]
    if kind == "class":
        ranges = _CLASSES[text.lower()]
        return Escape(CharacterSet(ranges, negated=text.isupper()), match.end())
    point = {
        "control": lambda: _CONTROLS[text],
        "letter": lambda: ord(text) % 32,
        "octal": lambda: int(text, 8),
        "itself": lambda: ord(text),
    }.get(kind, lambda: int(text, 16))()
    return Escape(one(chr(point)), match.end())


def bracketed(body: str, at: int, end: int) -> CharacterSet:
    """The set between its opening bracket at `at` and its closing one just before `end`. Raises
    ReversedRangeError."""
    negated = body.startswith("[^", at)
    place, last = at + 1 + negated, end - 1
    ranges: list[tuple[int, int]] = []
    while place < last:
        start = place
        first, place = _member(body, place)
        if body.startswith("-", place) and place + 1 < last:
            second, after = _member(body, place + 1)
            if first.single is not None and second.single is not None:
                if first.single > second.single:
                    raise ReversedRangeError(start)
                ranges.append((ord(first.single), ord(second.single)))
                place = after
                continue
            ranges.append((ord("-"), ord("-")))  # no range, if one of the ends is a class
            ranges.extend(_as_ranges(second))
            place = after
        ranges.extend(_as_ranges(first))
    return CharacterSet(tuple(ranges), negated=negated)


def one(character: str) -> CharacterSet:
    """The set of one character."""
    return CharacterSet(((ord(character), ord(character)),))


def _member(body: str, at: int) -> Escape:
    if body[at] != "\\":
        return Escape(one(body[at]), at + 1)
    match = _IN_SET.match(body, at)
    if match is None:
        return escape(body, at)
    return Escape(one("\b" if match["backspace"] else chr(ord(match["letter"]) % 32)), match.end())


def _as_ranges(taken: CharacterSet) -> Iterable[tuple[int, int]]:
    return _complement(taken.ranges) if taken.negated else taken.ranges


def _complement(ranges: tuple[tuple[int, int], ...]) -> Iterable[tuple[int, int]]:
    """The gaps between sorted ranges."""
    lowest = 0
    for least, most in ranges:
        if lowest < least:
            yield lowest, least - 1
        lowest = most + 1
    yield lowest, _LAST
