r"""A text as a pattern's author would give it: 12345 for `\d+`, AB-1234 for `[A-Z]{2}-\d{4}`."""

from __future__ import annotations

from collections import Counter

from reconciler.patterns.characters import Dialect, Intervals
from reconciler.patterns.membership import members
from reconciler.patterns.syntax import (
    Atomic,
    Characters,
    Choice,
    Node,
    Repeat,
    Sequence,
)

SERIES = ("1234567890", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
"""What follows one another in a typical text."""
_OTHERS = "-_.@ /:+#,"
_TURNS = 3
_LONG = 200


def typical(tree: Node) -> str | None:
    """A text that the tree matches unless a condition prevents it; None if it would be too long."""
    writer = Writer()
    text = "".join(writer.next_of(each) for each in _taken(tree))
    return text if len(text) <= _LONG else None


class Writer:
    """Gives the characters of a text one after the other: of digits and letters the next one."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def after(self, character: str) -> str:
        """The character itself, after which the next one of its series follows."""
        for series in SERIES:
            if character in series:
                self._used[series] = series.index(character) + 1
        return character

    def next_of(self, characters: Intervals, *, otherwise: str = "") -> str:
        """A character of this set; if it has none of those that people write, `otherwise`, or the
        first one. None of an empty set."""
        for series in SERIES:
            known = [each for each in series if _contains(characters, each)]
            if known:
                self._used[series] += 1
                return known[(self._used[series] - 1) % len(known)]
        for each in _OTHERS:
            if _contains(characters, each):
                return each
        return otherwise or (chr(characters[0][0]) if characters else "")


def _contains(characters: Intervals, each: str) -> bool:
    return any(least <= ord(each) <= most for least, most in characters)


def _taken(node: Node) -> list[Intervals]:
    """The sets that a typical match consumes, one after the other; too many are cut off."""
    if isinstance(node, Characters):
        return [members(node.taken, dialect=Dialect.PYTHON, ignore_case=False)]
    if isinstance(node, Choice):
        return _taken(node.branches[0])
    if isinstance(node, Atomic):
        return _taken(node.body)
    if isinstance(node, Repeat):
        most = node.least + _LONG if node.most is None else node.most
        turns = min(max(node.least, _TURNS if node.most is None else 0), most, _LONG + 1)
        return (_taken(node.body) * turns)[: _LONG + 1]
    if isinstance(node, Sequence):
        return [each for part in node.parts for each in _taken(part)][: _LONG + 1]
    return []
