"""A set of characters as a pattern writes it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache

from reconciler.patterns.characters import CharacterSet, Dialect, Intervals, complement, merged
from reconciler.patterns.ecmascript.escapes import escape
from reconciler.patterns.membership import members

SHORTHANDS = re.compile(r"\\([dws])")
_LAST_ASCII = 0x7F
_MOST_RANGES = 6
_FEWEST_IN_A_RANGE = 3
_SPECIAL = frozenset("\\^$.|?*+()[]{}")
_SPECIAL_IN_SETS = frozenset("\\^]-[&~|")


def spelled(
    taken: Intervals, universe: Intervals, *, dialect: Dialect, shorthands: Collection[str]
) -> str | None:
    """The set, among the characters of the universe, with these of the shorthands d, w and s; None
    if it would not be readable."""
    if taken == universe:
        return "."
    known = {
        letter: _within(_shorthand(letter, dialect), universe)
        for letter in "wds"
        if letter in shorthands
    }
    for letter, intervals in known.items():
        if taken == intervals:
            return f"\\{letter}"
        if taken == _within(complement(intervals), universe):
            return f"\\{letter.upper()}"
    inside = _ranges(taken)
    if inside is not None:
        only = _single(taken)
        return inside if only is None else (f"\\{only}" if only in _SPECIAL else only)
    outside = _members(_within(complement(taken), universe), known)
    if outside is not None:
        return f"[^{outside}]"
    both = _members(taken, known)
    return None if both is None else f"[{both}]"


def _ranges(taken: Intervals) -> str | None:
    inside = _members(taken, {})
    return None if inside is None else f"[{inside}]"


def _members(taken: Intervals, known: dict[str, Intervals]) -> str | None:
    """What stands in the brackets: shorthands for as much as possible, and ranges."""
    letters = ""
    for letter, intervals in known.items():
        if merged((*taken, *intervals)) == taken:
            letters += f"\\{letter}"
            taken = _within(taken, complement(intervals))
    if len(taken) > _MOST_RANGES or not all(map(_is_readable, taken)):
        return None
    return letters + "".join(piece for each in taken for piece in _written(*each))


def _is_readable(interval: tuple[int, int]) -> bool:
    least, most = interval
    return most <= _LAST_ASCII or (chr(least).isalpha() and chr(most).isalpha())


def _written(least: int, most: int) -> Iterator[str]:
    if most - least + 1 < _FEWEST_IN_A_RANGE:
        yield from map(_in_set, range(least, most + 1))
    elif chr(least) in _SPECIAL_IN_SETS:  # a range that begins with it reads badly
        yield _in_set(least)
        yield from _written(least + 1, most)
    elif chr(most) in _SPECIAL_IN_SETS:
        yield from _written(least, most - 1)
        yield _in_set(most)
    else:
        yield f"{_in_set(least)}-{_in_set(most)}"


def _in_set(point: int) -> str:
    character = chr(point)
    if character == "\t":
        return r"\t"
    return f"\\{character}" if character in _SPECIAL_IN_SETS else character


def _single(taken: Intervals) -> str | None:
    (least, most), *others = taken
    return chr(least) if least == most and not others and chr(least) != "\t" else None


@lru_cache(maxsize=16)
def _shorthand(letter: str, dialect: Dialect) -> Intervals:
    if dialect is Dialect.ECMASCRIPT:
        return merged(escape(f"\\{letter}", 0).taken.ranges)
    return members(CharacterSet(categories=(letter,)), dialect=dialect, ignore_case=False)


@lru_cache(maxsize=256)
def _within(taken: Intervals, universe: Intervals) -> Intervals:
    return complement(merged((*complement(taken), *complement(universe))))
