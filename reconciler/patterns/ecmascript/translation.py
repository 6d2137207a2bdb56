r"""A tree of JavaScript's → a pattern for Python's `regex` with exactly the same matches.

What the two read differently is written out: sets of characters, word boundaries, the end of the
text, references to groups that have captured nothing, and repetitions of what can be empty.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from reconciler.patterns.characters import ASCII_WORD, CharacterSet
from reconciler.patterns.ecmascript.parsing import read
from reconciler.patterns.ecmascript.syntax import Capture, Modified, Reference
from reconciler.patterns.syntax import (
    Anchor,
    Characters,
    Choice,
    Look,
    Node,
    Repeat,
    Sequence,
    nullable,
    walk,
)

_MAX_GUARDS = 30
"""What a guard is in may be written twice, so that nested ones would multiply without end."""


class UntranslatableError(Exception):
    """No pattern for `regex` is known to have the same matches."""


@lru_cache(maxsize=1024)
def translated(body: str) -> str:
    """The pattern for `regex`, which must be run without flags, over 16-bit units. Raises
    UntranslatableError, or InvalidPatternError."""
    tree = read(body).tree
    return _Writer(tree).written(tree, _Place())


@dataclass(frozen=True)
class _Place:
    """Where a node is: within a lookbehind, a negated condition, a loop, or a part of a loop that
    some of its turns leave out."""

    behind: bool = False
    negated: bool = False
    looping: bool = False
    left_out: bool = False


class _Writer:
    """Writes each node once or twice, from left to right."""

    def __init__(self, tree: Node) -> None:
        self._referred = {
            number for node in walk(tree) if isinstance(node, Reference) for number in node.numbers
        }
        self._closed: dict[int, _Place] = {}
        self._guards = 0

    def written(self, node: Node, place: _Place) -> str:
        """The node's pattern. Raises UntranslatableError."""
        if isinstance(node, (Characters, Anchor)):
            return _set(node.taken) if isinstance(node, Characters) else _ANCHORS[node.kind]
        if isinstance(node, (Look, Choice)):
            return self._grouped(node, place)
        if isinstance(node, Repeat):
            return self._repeated(node, place)
        if isinstance(node, Reference):
            return "".join(self._referring(number, place) for number in node.numbers)
        if isinstance(node, Sequence) and not isinstance(node, Modified):
            return self._sequence(node, place)
        raise UntranslatableError

    def _grouped(self, node: Look | Choice, place: _Place) -> str:
        if isinstance(node, Choice):
            there = replace(place, left_out=place.looping)
            return f"(?:{'|'.join(self.written(each, there) for each in node.branches)})"
        behind, negated = place.behind or not node.ahead, place.negated or node.negated
        inside = self.written(node.body, replace(place, behind=behind, negated=negated))
        return f"(?{'' if node.ahead else '<'}{'!' if node.negated else '='}{inside})"

    def _sequence(self, node: Sequence, place: _Place) -> str:
        inside = "".join(self.written(part, place) for part in node.parts)
        if not isinstance(node, Capture) or node.number not in self._referred:
            return f"(?:{inside})"
        self._closed[node.number] = place
        return f"(?P<g{node.number}>{inside})"

    def _referring(self, number: int, place: _Place) -> str:
        """To JavaScript, a group that has captured nothing is empty. It forgets all captures in a
        loop at each turn, which Python does not: that matters if a turn can leave the group out."""
        if place.behind:  # read from right to left
            raise UntranslatableError
        if number not in self._closed:
            return ""
        group = self._closed[number]
        if group.behind or group.negated or group.left_out:
            raise UntranslatableError
        return f"(?(g{number})(?P=g{number})|)"

    def _repeated(self, node: Repeat, place: _Place) -> str:
        """After `least` turns, JavaScript goes on only with one that consumes something. Within a
        lookbehind, where it does not matter which match comes first, that makes no difference."""
        inside = replace(
            place,
            looping=place.looping or node.most != 1,
            left_out=place.left_out or (place.looping and node.least == 0),
        )
        closed = dict(self._closed)
        manner = "?" if node.lazy else ""
        body = self.written(node.body, inside)
        if place.behind or not nullable(node.body) or node.most == node.least:
            most = "" if node.most is None else node.most
            return f"(?:{body}){{{node.least},{most}}}{manner}"
        first = ""
        if node.least:
            first, self._closed = f"(?:{body}){{{node.least}}}", closed
            body = self.written(node.body, inside)
        self._guards += 1
        if self._guards > _MAX_GUARDS:
            raise UntranslatableError
        rest = f"rest{self._guards}"
        most = "" if node.most is None else node.most - node.least
        some = rf"(?=(?P<{rest}>{_ANY}*)){body}(?!(?P={rest})\Z)"
        return f"(?:{first}(?:{some}){{0,{most}}}{manner})"


def _set(taken: CharacterSet) -> str:
    if not taken.ranges:
        return _ANY if taken.negated else "(?!)"
    if taken.single is not None:
        return _unit(taken.ranges[0][0])
    ranges = (f"{_unit(least)}-{_unit(most)}" for least, most in taken.ranges)
    return f"[{'^' if taken.negated else ''}{''.join(ranges)}]"


def _unit(point: int) -> str:
    return chr(point) if chr(point).isalnum() and chr(point).isascii() else f"\\U{point:08x}"


_ANY = "[\\x00-\\U0010ffff]"
_WORD = _set(ASCII_WORD)
_ANCHORS = {
    "^": r"\A",
    "Z": r"\Z",
    "w": rf"(?:(?<={_WORD})(?!{_WORD})|(?<!{_WORD})(?={_WORD}))",
    "W": rf"(?:(?<={_WORD})(?={_WORD})|(?<!{_WORD})(?!{_WORD}))",
}
