"""A JavaScript pattern → its tree, or the reason why JavaScript rejects it.

The grammar is ECMAScript's without the flag `u`, with the rules for web compatibility (Annex B).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from reconciler.patterns.ecmascript.escapes import (
    DOT,
    ReversedRangeError,
    bracketed,
    escape,
    one,
)
from reconciler.patterns.ecmascript.groups import Groups
from reconciler.patterns.ecmascript.syntax import Capture, Modified, Reference
from reconciler.patterns.ecmascript.units import units
from reconciler.patterns.syntax import Anchor, Characters, Choice, Look, Node, Repeat, Sequence

MAX_DEPTH = 50
"""Groups within groups; deeper ones would need deep recursion."""

_SET = re.compile(r"\[(?:\\.|[^\]\\])*\]", re.DOTALL)
_QUANTIFIER = re.compile(r"(?:([*+?])|\{(\d+)(,?)(\d*)\})(\??)", re.ASCII)
_NUMBER = re.compile(r"\\([1-9]\d*)", re.ASCII)
_NAMED = re.compile(r"\\k<([^>]*)>")
_OPENING = re.compile(
    r"\(\?(?:(?P<look><?[=!])|(?P<plain>:)|<(?P<name>[^>]*)>|(?P<flags>[ims]*(?:-[ims]*)?):)"
)
_ANCHORS = {"^": "^", "$": "Z", r"\b": "w", r"\B": "W"}
_MOST_DIGITS = 9


class InvalidPatternError(Exception):
    """JavaScript rejects the pattern. `offset` is where, in characters of it."""

    def __init__(self, message: str, *, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class TooDeepError(InvalidPatternError):
    """Groups are nested more than MAX_DEPTH deep; whether JavaScript rejects it is not known."""


@dataclass(frozen=True)
class Reading:
    """What a pattern means.

    `tree` is over 16-bit units, and an outline unless `is_exact`: references and modifiers are not
    modelled. `recent` is a construct that only engines of 2025 and later accept, if there is one.
    """

    tree: Node
    is_exact: bool
    groups: Groups
    recent: str | None


@lru_cache(maxsize=1024)
def read(body: str) -> Reading:
    """Raises InvalidPatternError."""
    parser = _Parser(units(body))
    try:
        return parser.whole()
    except InvalidPatternError as error:
        before = units(body)[: error.offset]
        error.offset -= sum("\ud800" <= each <= "\udbff" for each in before)
        raise


class _Parser:
    def __init__(self, body: str) -> None:
        self._body = body
        self._at = 0
        self._groups = Groups.of(body)
        self._opened = 0
        self._depth = 0
        self._branches: list[tuple[int, int]] = []
        """The group and the branch in it, from the outermost to where we are."""
        self._named: dict[str, list[list[tuple[int, int]]]] = {}
        self._is_exact = True
        self._recent: str | None = None

    def whole(self) -> Reading:
        tree = self._choice()
        if self._at < len(self._body):
            raise self._error("the ) is not opened")
        return Reading(tree, self._is_exact, self._groups, self._recent)

    def _error(self, message: str, at: int | None = None) -> InvalidPatternError:
        return InvalidPatternError(message, offset=self._at if at is None else at)

    def _peek(self) -> str:
        return self._body[self._at : self._at + 1]

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A match here, which is then consumed."""
        match = pattern.match(self._body, self._at)
        if match is not None:
            self._at = match.end()
        return match

    def _choice(self) -> Node:
        group = self._at
        found: list[Node] = []
        while True:
            self._branches.append((group, len(found)))
            found.append(self._sequence())
            self._branches.pop()
            if self._peek() != "|":
                return found[0] if len(found) == 1 else Choice(tuple(found))
            self._at += 1

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._peek() not in ("", "|", ")"):
            part = self._part()
            quantifier = self._match(_QUANTIFIER)
            if quantifier is not None:
                if isinstance(part, Anchor) or (isinstance(part, Look) and not part.ahead):
                    raise self._error(
                        f"{quantifier[0]} repeats a position, which has no length",
                        quantifier.start(),
                    )
                part = self._repeated(part, quantifier)
            parts.append(part)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Node, quantifier: re.Match[str]) -> Node:
        sign, least, comma, most, lazy = quantifier.groups()
        bounds = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign)
        if bounds is None:
            fewest = _count(least)
            bounds = fewest, (_count(most) if most else None) if comma else fewest
        if bounds[1] is not None and bounds[1] < bounds[0]:
            raise self._error(f"the counts of {quantifier[0]} are reversed", quantifier.start())
        return Repeat(part, least=bounds[0], most=bounds[1], lazy=bool(lazy))

    def _part(self) -> Node:
        first = self._peek()
        if first == "(":
            return self._group()
        if first == "\\":
            return self._escape()
        if first == "[":
            return self._set()
        quantifier = _QUANTIFIER.match(self._body, self._at)
        if quantifier is not None:
            raise self._error(f"{quantifier[0]} has nothing to repeat")
        self._at += 1
        if first in _ANCHORS:
            return Anchor(_ANCHORS[first])
        return Characters(DOT if first == "." else one(first))

    def _set(self) -> Node:
        start = self._at
        match = self._match(_SET)
        if match is None:
            raise self._error("the [ is not closed")
        if self._groups.names and r"\k" in re.sub(r"\\[^k]", "", match[0]):
            raise self._error(r"\k in a set is not allowed next to a named group", start)
        try:
            return Characters(bracketed(self._body, start, self._at))
        except ReversedRangeError as error:
            raise self._error("the range is reversed", error.place) from None

    def _escape(self) -> Node:
        start = self._body[self._at : self._at + 2]
        if start in _ANCHORS:
            self._at += 2
            return Anchor(_ANCHORS[start])
        if len(start) == 1:
            raise self._error("a lone \\ ends it")
        number = _NUMBER.match(self._body, self._at)
        if number is not None and _count(number[1]) <= self._groups.count:
            self._at = number.end()
            return self._reference(_count(number[1]))
        if start == r"\k" and self._groups.names:
            return self._named_reference()
        taken, self._at = escape(self._body, self._at)
        return Characters(taken)

    def _named_reference(self) -> Node:
        start = self._at
        match = self._match(_NAMED)
        if match is None:
            raise self._error(r"\k is not followed by <name>")
        numbers = self._groups.numbered(match[1])
        if not numbers:
            raise self._error(f"no group has the name {match[1]}", start)
        return self._reference(*numbers)

    def _reference(self, *numbers: int) -> Node:
        self._is_exact = False
        return Reference((), numbers)

    def _group(self) -> Node:
        start = self._at
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeepError(f"its groups are nested more than {MAX_DEPTH} deep", offset=start)
        opening = self._match(_OPENING)
        if opening is None and self._body.startswith("(?", start):
            raise self._error("no group begins like this")
        if opening is None:
            self._at += 1
        number = self._opened = self._opened + (opening is None or opening["name"] is not None)
        if opening is not None and opening["name"] is not None:
            self._claim(opening["name"], start)
        if opening is not None and opening["flags"] is not None:
            self._modify(opening, start)
        body = self._choice()
        if self._peek() != ")":
            raise self._error("the ( is not closed", start)
        self._at += 1
        self._depth -= 1
        return _grouped(body, opening, number=number)

    def _modify(self, opening: re.Match[str], start: int) -> None:
        """Modifiers are letters, each at most once."""
        letters = opening["flags"].replace("-", "")
        if not letters or len(set(letters)) < len(letters):
            raise self._error("no group begins like this", start)
        self._is_exact = False
        self._recent = self._recent or opening[0]

    def _claim(self, name: str, start: int) -> None:
        """Two groups may share a name only in different branches, and only since 2025."""
        if not self._groups.numbered(name):
            raise self._error(f"{name or 'nothing'} is not a name of a group", start)
        here = list(self._branches)
        for there in self._named.setdefault(name, []):
            branches = dict(there)
            if all(branches.get(group, branch) == branch for group, branch in here):
                raise self._error(f"two groups have the name {name}", start)
            self._recent = self._recent or f"(?<{name}>"
        self._named[name].append(here)


def _grouped(body: Node, opening: re.Match[str] | None, *, number: int) -> Node:
    if opening is None or opening["name"] is not None:
        return Capture((body,), number)
    if opening["look"]:
        return Look(body, ahead="<" not in opening["look"], negated="!" in opening["look"])
    return Modified((body,), opening[0]) if opening["flags"] is not None else Sequence((body,))


def _count(digits: str) -> int:
    """The number, or one that is as good as endless."""
    return int(digits[-_MOST_DIGITS:]) if len(digits.lstrip("0")) <= _MOST_DIGITS else 10**9
