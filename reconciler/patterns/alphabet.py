"""The exact alphabet of a question: classes of characters that none of its sets tells apart.

An automaton needs no alphabet of a million code points: two characters that are in the same sets
behave alike. So its letters are the numbers of these classes, and a set is a bit mask over them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache

from reconciler.patterns.characters import (
    LAST,
    CharacterSet,
    Dialect,
    Intervals,
    complement,
    merged,
)
from reconciler.patterns.membership import members

LINE_BREAK = CharacterSet(((10, 10),))
"""What `$` may be followed by, at the end of a text."""
_HALVES = (0xD800, 0xDFFF)
_UNITS = 0xFFFF
_OUTSIDE_LINES = ((0, 8), (10, 31), (127, 159), (0x2028, 0x2029), _HALVES)
_NICE = "a0A1b!- _.@zZ#%"
"""Samples that are used first, because people will read them."""
_ASCII = 0x80
_LOOKED_AT = 8
"""Intervals, and characters of each, among which a sample beyond ASCII is chosen."""


class Alphabet:
    """The classes that the given sets tell apart, the most readable first; those beyond ASCII come
    last."""

    def __init__(
        self,
        sets: Iterable[CharacterSet],
        *,
        dialect: Dialect = Dialect.PYTHON,
        ignore_case: bool = False,
        universe: Intervals = ((0, LAST),),
    ) -> None:
        distinct = list(dict.fromkeys(sets))
        resolved = [members(each, dialect=dialect, ignore_case=ignore_case) for each in distinct]
        signatures = _signatures([universe, *resolved])
        inside = {sign: found for sign, found in signatures.items() if sign & 1}
        ranked = sorted(inside, key=lambda sign: _rank(inside[sign]))
        self.members: tuple[Intervals, ...] = tuple(inside[sign] for sign in ranked)
        """The code points of each class."""
        self.samples: tuple[str, ...] = tuple(_sample(each) for each in self.members)
        """One character of each class."""
        self.ascii_classes = sum(each.isascii() for each in self.samples)
        """The number of classes with an ASCII character; they come first."""
        self._masks = {
            each: sum(1 << number for number, sign in enumerate(ranked) if sign >> bit & 1)
            for bit, each in enumerate(distinct, start=1)
        }
        self._strangers = {
            sign: found
            for sign, found in signatures.items()
            if not sign & 1 and sign + 1 not in inside
        }

    @classmethod
    def of_lines(cls, sets: Iterable[CharacterSet], *, dialect: Dialect) -> Alphabet:
        """The alphabet of texts of one line: without control characters other than the tab, and
        without halves of characters. To ECMAScript, they are of 16-bit units.
        """
        most = LAST if dialect is Dialect.PYTHON else _UNITS
        outside = (*_OUTSIDE_LINES, (most + 1, LAST + 1))
        return cls(sets, dialect=dialect, universe=complement(merged(outside)))

    @property
    def stands_for_halves(self) -> bool:
        """Whether each half of a character is in the same sets as some character of a class, so
        that what holds for texts without halves holds for those with some too."""
        first, last = _HALVES
        return not any(
            least <= last and first <= most
            for intervals in self._strangers.values()
            for least, most in intervals
        )

    def mask(self, characters: CharacterSet) -> int:
        """Bit i is set if the set, one of those given, contains class i."""
        return self._masks[characters]

    def sample(self, mask: int) -> str:
        """The most readable character of a set that is not empty."""
        return self.samples[(mask & -mask).bit_length() - 1]

    def class_of(self, character: str) -> int | None:
        """The number of the character's class; None if it is outside the universe."""
        at = bisect_right(self._starts, (ord(character), len(self.members))) - 1
        if at < 0:
            return None
        least, number = self._starts[at]
        most = next(end for start, end in self.members[number] if start == least)
        return number if ord(character) <= most else None

    def classes_of(self, text: str) -> tuple[int, ...] | None:
        """The class of each character; None if one is outside the universe."""
        found = [self.class_of(character) for character in text]
        known = [number for number in found if number is not None]
        return tuple(known) if len(known) == len(found) else None

    @cached_property
    def _starts(self) -> list[tuple[int, int]]:
        return sorted(
            (least, number) for number, each in enumerate(self.members) for least, _ in each
        )


def _signatures(sets: list[Intervals]) -> dict[int, Intervals]:
    """The code points that are in the same sets, by these sets: bit i for the set at i."""
    turns: dict[int, int] = defaultdict(int)
    for number, intervals in enumerate(sets):
        for least, most in intervals:
            turns[least] ^= 1 << number
            turns[most + 1] ^= 1 << number
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    signature, start = 0, 0
    for point in (*sorted(turns), LAST + 1):
        if start < point:
            found[signature].append((start, point - 1))
        signature ^= turns.get(point, 0)
        start = point
    return {signature: tuple(intervals) for signature, intervals in found.items()}


def _rank(intervals: Intervals) -> tuple[int, str]:
    sample = _sample(intervals)
    return (_niceness(sample) if sample.isascii() else _ASCII * 2, sample)


def _niceness(character: str) -> int:
    """Lower is more readable; for ASCII only."""
    at = _NICE.find(character)
    if at >= 0:
        return at
    return ord(character) + (0 if character.isprintable() else _ASCII)


@lru_cache(maxsize=1024)
def _sample(intervals: Intervals) -> str:
    """The most readable character of a class."""
    plain = [chr(point) for point in _points(intervals, below=_ASCII)]
    if plain:
        return min(plain, key=_niceness)
    looked_at = [
        chr(point)
        for least, most in intervals[:_LOOKED_AT]
        for point in range(least, min(most + 1, least + _LOOKED_AT))
    ]
    return max(looked_at, key=lambda each: (each.isalnum(), each.isprintable(), -ord(each)))


def _points(intervals: Intervals, *, below: int) -> Iterator[int]:
    for least, most in intervals:
        if least >= below:
            return
        yield from range(least, min(most + 1, below))
