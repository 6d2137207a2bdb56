"""Sets of characters in a pattern, and a small universe of samples that distinguishes them.

An automaton does not need an alphabet of a million code points: two characters that no set in the
pattern distinguishes behave alike. So a set is a bit mask over a handful of samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

CATEGORIES: Mapping[str, Callable[[str], bool]] = {
    "d": str.isdecimal,
    "w": lambda character: character.isalnum() or character == "_",
    "s": str.isspace,
}
_NICE = "a0A1b!- _.@zZ#%"
"""Samples that an attack uses first, because people will read it."""
_SAMPLES = _NICE + "\n\t\r\x00äÄß÷ÿ٣日€\u00a0\u2028😀"
_LAST = 0x10FFFF


@dataclass(frozen=True)
class CharacterSet:
    """Ranges of code points, including both ends, and categories by their letter; may be negated.

    As in a pattern, a capital letter is the complement of the category.
    """

    ranges: tuple[tuple[int, int], ...] = ()
    categories: tuple[str, ...] = ()
    negated: bool = False

    def contains(self, character: str, *, ignore_case: bool) -> bool:
        """Whether the set contains `character`."""
        forms = case_variants(character) if ignore_case else (character,)
        inside = any(
            least <= ord(form) <= most for form in forms for least, most in self.ranges
        ) or any(
            CATEGORIES[letter.lower()](character) != letter.isupper() for letter in self.categories
        )
        return inside != self.negated

    @property
    def single(self) -> str | None:
        """The character, if the set is written as a single one."""
        if self.negated or self.categories or len(self.ranges) != 1:
            return None
        least, most = self.ranges[0]
        return chr(least) if least == most else None


ASCII_WORD = CharacterSet(((48, 57), (65, 90), (95, 95), (97, 122)))
"""The characters of words where only ASCII ones count."""


def case_variants(character: str) -> tuple[str, ...]:
    """The character, and its lower and upper case if they are single characters."""
    forms = {character, character.lower(), character.upper()}
    return tuple(sorted(form for form in forms if len(form) == 1))


class Universe:
    """One sample of each kind of character that the given sets distinguish."""

    def __init__(self, sets: Iterable[CharacterSet], *, ignore_case: bool) -> None:
        self._ignore_case = ignore_case
        self._masks: dict[CharacterSet, int] = {}
        distinct = set(sets)
        points = dict.fromkeys(_SAMPLES)
        for each in sorted({edge for one in distinct for edge in _edges(one)}):
            points.update(dict.fromkeys(case_variants(chr(each))))
        seen: dict[tuple[bool, ...], str] = {}
        for point in points:
            membership = (
                *(each.contains(point, ignore_case=ignore_case) for each in distinct),
                CATEGORIES["w"](point),
                point == "\n",
            )
            seen.setdefault(membership, point)
        self.samples: tuple[str, ...] = tuple(seen.values())
        """One character of each kind."""

    def mask(self, characters: CharacterSet) -> int:
        """Bit i is set if the set contains sample i."""
        if characters not in self._masks:
            self._masks[characters] = sum(
                1 << index
                for index, sample in enumerate(self.samples)
                if characters.contains(sample, ignore_case=self._ignore_case)
            )
        return self._masks[characters]

    def sample(self, mask: int) -> str:
        """The most readable sample of a set that is not empty."""
        return self.samples[(mask & -mask).bit_length() - 1]


def _edges(characters: CharacterSet) -> Iterable[int]:
    for least, most in characters.ranges:
        yield from (least, most, max(least - 1, 0), min(most + 1, _LAST))
