"""Sets of characters in a pattern, and sets of code points as sorted intervals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

LAST = 0x10FFFF
"""The last code point."""

Intervals = tuple[tuple[int, int], ...]
"""Ranges of code points, including both ends: sorted, and with a gap between any two."""


class Dialect(Enum):
    """Whose rules a pattern is read by: those of Python's `regex`, or JavaScript's without the flag
    `u`, to which a text is a sequence of 16-bit units."""

    PYTHON = "python"
    ECMASCRIPT = "ecmascript"


@dataclass(frozen=True)
class CharacterSet:
    """Ranges of code points, including both ends, and categories by their letter; may be negated.

    As in a pattern, a capital letter is the complement of the category.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    categories: tuple[str, ...] = ()
    negated: bool = False

    @property
    def single(self) -> str | None:
        """The character, if the set is written as a single one."""
        if self.negated or self.categories or len(self.ranges) != 1:
            return None
        least, most = self.ranges[0]
        return chr(least) if least == most else None


ASCII_WORD = CharacterSet(((48, 57), (65, 90), (95, 95), (97, 122)))
"""The characters of words where only ASCII ones count."""
UNICODE_WORD = CharacterSet(categories=("w",))
"""The characters of words where those of all languages count."""


def merged(ranges: Iterable[tuple[int, int]]) -> Intervals:
    """What any of the ranges contains."""
    found: list[tuple[int, int]] = []
    for least, most in sorted(ranges):
        if found and least <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], most))
        else:
            found.append((least, most))
    return tuple(found)


def complement(intervals: Intervals) -> Intervals:
    """All other code points."""
    return tuple(_gaps(intervals))


def _gaps(intervals: Intervals) -> Iterator[tuple[int, int]]:
    lowest = 0
    for least, most in intervals:
        if lowest < least:
            yield lowest, least - 1
        lowest = most + 1
    if lowest <= LAST:
        yield lowest, LAST
