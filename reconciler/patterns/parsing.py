"""Pattern → tree, for the part of the language that is modelled exactly; an outline for the rest.

`regex` compiles everything that `parse` accepts. So a tree proves that the pattern is well-formed,
at a tenth of the cost of compiling it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from reconciler.patterns.characters import CharacterSet
from reconciler.patterns.syntax import (
    Anchor,
    Atomic,
    Characters,
    Choice,
    Look,
    Node,
    Repeat,
    Sequence,
    fixed_width,
)
from reconciler.patterns.tokens import Token, tokens

MAX_LENGTH = 100
"""Characters; longer patterns are refused anyway, and must not cause deep recursion."""

_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_ANCHORS = {"b": "b", "B": "B", "A": "^", "Z": "Z"}
_COUNT = re.compile(r"\{(\d*)(,?)(\d*)\}")
_MEMBER = re.compile(r"\\x[0-9A-Fa-f]{2}|\\.|.", re.DOTALL)
_ANY = Characters(CharacterSet(((10, 10),), negated=True))
_WHATEVER = Characters(CharacterSet(negated=True))
_NOTHING = Sequence(())
_GROUPS = {"(?=": (True, False), "(?!": (True, True), "(?<=": (False, False), "(?<!": (False, True)}
_NAMED = re.compile(r"\(\?P?<([^\W\d]\w*)>")


class _NotModelledError(Exception):
    """A character or set is invalid, or the tree cannot express it."""


class _UnpairedError(Exception):
    """A bracket is never closed, or was never opened."""


def parse(pattern: str) -> Node | None:
    """The pattern's tree. None if it is not well-formed, or has something that is not modelled:
    references, recursion, flags, conditions, and constructs of a single engine."""
    tree, is_exact = _read(pattern)
    return tree if is_exact else None


def outline(pattern: str) -> Node | None:
    """Like `parse`, but with placeholders: a character or set that is not modelled becomes any
    character, and anything else becomes nothing. None only if the brackets do not match or the
    pattern is too long."""
    return _read(pattern)[0]


@lru_cache(maxsize=1024)
def _read(pattern: str) -> tuple[Node | None, bool]:
    """The outline, and whether it is the exact tree."""
    if len(pattern) > MAX_LENGTH:
        return None, False
    parser = _Parser(pattern)
    try:
        return parser.whole(), parser.is_exact
    except _UnpairedError:
        return None, False


class _Parser:
    def __init__(self, pattern: str) -> None:
        self.is_exact = True
        self._tokens = list(tokens(pattern))
        self._at = 0
        self._names: set[str] = set()

    def whole(self) -> Node:
        tree = self._choice()
        if self._at < len(self._tokens):
            raise _UnpairedError
        return tree

    def _kind(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _choice(self) -> Node:
        branches = [self._sequence()]
        while self._kind() == "bar":
            self._next()
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        parts: list[Node] = []
        while self._kind() not in ("bar", "close", "end"):
            part = self._part()
            if self._kind() == "quantifier":
                part = self._repeated(part, self._next().text)
            parts.append(part)
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _part(self) -> Node:
        kind, text = self._next()
        if kind in ("open", "condition") or (kind == "flags" and text.endswith(":")):
            return self._group(text)
        try:
            return _single(kind, text)
        except _NotModelledError:
            self.is_exact = False
            return _WHATEVER if kind in ("escape", "set", "broken") else _NOTHING

    def _group(self, opening: str) -> Node:
        body = self._choice()
        if self._kind() != "close":
            raise _UnpairedError
        self._next()
        if opening in _GROUPS:
            ahead, negated = _GROUPS[opening]
            self.is_exact &= ahead or fixed_width(body) is not None
            return Look(body, ahead=ahead, negated=negated)
        if opening == "(?>":
            return Atomic(body)
        if opening not in ("(", "(?:"):
            self._claim_name(opening)
        return body if opening == "(?:" else Sequence((body,))

    def _claim_name(self, opening: str) -> None:
        """Some engines refuse a duplicate name, so such a pattern is left to them."""
        named = _NAMED.fullmatch(opening)
        if named is None or named[1] in self._names:
            self.is_exact = False
        else:
            self._names.add(named[1])

    def _repeated(self, part: Node, quantifier: str) -> Node:
        manner = quantifier[-1] if len(quantifier) > 1 and quantifier[-1] in "+?" else ""
        counts = quantifier.removesuffix(manner) if manner else quantifier
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(counts) or _counts(counts)
        if isinstance(part, (Anchor, Look)) or (most is not None and most < least):
            self.is_exact = False
        repeat = Repeat(part, least=least, most=most, lazy=manner == "?")
        return Atomic(repeat) if manner == "+" else repeat


def _single(kind: str, text: str) -> Node:
    """The node of a token that is neither a group nor a repetition. Raises _NotModelledError."""
    if kind == "literal":
        return Characters(_one(text))
    if kind == "escape":
        letter = text[1:]
        return Anchor(_ANCHORS[letter]) if letter in _ANCHORS else Characters(_escaped(text))
    if kind == "anchor":
        return Anchor(text)
    if kind == "dot":
        return _ANY
    if kind == "set":
        return Characters(_bracketed(text))
    raise _NotModelledError


def _counts(braces: str) -> tuple[int, int | None]:
    least, comma, most = _COUNT.findall(braces)[0]
    if not comma:
        return int(least), int(least)
    return int(least or 0), int(most) if most else None


def _one(character: str) -> CharacterSet:
    return CharacterSet(((ord(character), ord(character)),))


def _escaped(text: str) -> CharacterSet:
    letter = text[1]
    if letter in "dDwWsS":
        return CharacterSet(categories=(letter,))
    if letter == "x" and len(text) > 2:  # noqa: PLR2004 - a backslash and the letter
        return _one(bytes.fromhex(text[2:]).decode("latin-1"))
    if letter in _CONTROLS:
        return _one(_CONTROLS[letter])
    if letter.isalnum():
        raise _NotModelledError
    return _one(letter)


def _bracketed(text: str) -> CharacterSet:
    negated = text.startswith("[^")
    inside = text[2 if negated else 1 : -1]
    if not inside or inside[0] == "]" or _holds_operator(inside):
        raise _NotModelledError
    members = _MEMBER.findall(inside)
    ranges: list[tuple[int, int]] = []
    categories: list[str] = []
    while members:
        first = _member(members.pop(0))
        last = first
        if len(members) > 1 and members[0] == "-":
            last = _member(members[1])
            del members[:2]
        if last is not first or not first.categories:
            if first.single is None or last.single is None or first.single > last.single:
                raise _NotModelledError
            ranges.append((ord(first.single), ord(last.single)))
        categories.extend(first.categories)
    return CharacterSet(tuple(ranges), tuple(categories), negated=negated)


def _member(text: str) -> CharacterSet:
    if text == "[":
        raise _NotModelledError  # in some engines, a nested set
    if text == r"\b":
        return _one("\b")
    return _escaped(text) if len(text) > 1 else _one(text)


def _holds_operator(inside: str) -> bool:
    return any(operator in inside for operator in ("--", "&&", "||", "~~"))
