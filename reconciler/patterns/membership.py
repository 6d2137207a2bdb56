"""Which characters a set contains, exactly: asked of the engine, or by the rules of ECMAScript.

What Python's `regex` takes for a letter, or for the same letter in another case, depends on its own
tables. So the engine itself reads each set, over all code points at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

import regex

from reconciler.patterns.characters import CharacterSet, Dialect, Intervals, complement, merged

_HALVES = (0xD800, 0xDFFF)
_ASSIGNED = ((0, 0xD7FF), (0xE000, 0x334FF), (0xE0000, 0xE01FF))
"""Where characters with properties are; what lies outside is like the unassigned U+334FF."""
_OUTSIDE = ((0x33500, 0xDFFFF), (0xE0200, 0x10FFFF))
_LAST_UNIT = 0xFFFF
_LAST_ASCII = 0x7F


@lru_cache(maxsize=4096)
def members(characters: CharacterSet, *, dialect: Dialect, ignore_case: bool) -> Intervals:
    """The code points that the set contains, as the dialect reads it. The sets of a JavaScript tree
    have no categories."""
    if ignore_case and dialect is Dialect.ECMASCRIPT:
        return _folded(characters)
    if ignore_case:
        return _asked(f"(?i){_spelled(characters)}")
    ranges = [*characters.ranges]
    for letter in characters.categories:
        ranges.extend(_asked(f"\\{letter}"))
    taken = merged(ranges)
    return complement(taken) if characters.negated else taken


@lru_cache(maxsize=1)
def _everything() -> str:
    """A text of all code points in question, in order."""
    return "".join("".join(map(chr, range(least, most + 1))) for least, most in _ASSIGNED)


@lru_cache(maxsize=1024)
def _asked(one_character: str) -> Intervals:
    """The code points that a pattern for one character matches."""
    compiled = regex.compile(f"(?:{one_character})+")
    found = [
        piece for match in compiled.finditer(_everything()) for piece in _points(*match.span())
    ]
    if compiled.match(chr(_ASSIGNED[1][1])):
        found.extend(_OUTSIDE)
    if compiled.match(chr(_HALVES[0])):
        found.append(_HALVES)
    return merged(found)


def _points(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The code points from one place in the text of all of them up to another."""
    offset = 0
    for least, most in _ASSIGNED:
        length = most - least + 1
        first, last = max(start - offset, 0), min(end - offset, length) - 1
        if first <= last:
            yield least + first, least + last
        offset += length


def _spelled(characters: CharacterSet) -> str:
    ranges = (f"\\U{least:08x}-\\U{most:08x}" for least, most in characters.ranges)
    inside = "".join((*ranges, *(f"\\{letter}" for letter in characters.categories)))
    if not inside:
        return r"[\s\S]" if characters.negated else "(?!)"
    return f"[{'^' if characters.negated else ''}{inside}]"


def _folded(characters: CharacterSet) -> Intervals:
    """A unit is in the set if any unit with the same upper case is: ECMA-262, Canonicalize, without
    the flag `u`."""
    forms = _forms()
    ranges = [*characters.ranges]
    for points in forms.values():
        if any(least <= point <= most for least, most in characters.ranges for point in points):
            ranges.extend((point, point) for point in points)
    taken = merged(ranges)
    return complement(taken) if characters.negated else taken


@lru_cache(maxsize=1)
def _forms() -> dict[str, list[int]]:
    """The units that have an upper case in common, where there are several, by that."""
    found = defaultdict(list)
    for point in range(_LAST_UNIT + 1):
        found[_canonical(point)].append(point)
    return {form: points for form, points in found.items() if len(points) > 1}


def _canonical(point: int) -> str:
    upper = chr(point).upper()
    if len(upper) > 1 or ord(upper) > _LAST_UNIT:
        return chr(point)
    return chr(point) if point > _LAST_ASCII >= ord(upper) else upper
