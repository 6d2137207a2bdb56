"""A pattern as a tree: as much of the syntax of regular expressions as training looks at.

What cannot take part in a repetition's ambiguity (anchors, backreferences) becomes `Empty`. The
parser accepts some patterns that do not compile; the engine has the last word on those.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

# Every printable ASCII character, and a few others to tell `\w` from `[a-z]`.
ALPHABET = frozenset({chr(code) for code in range(32, 127)} | set("\t\n£ßéёΩ中"))

_QUANTIFIER = re.compile(r"(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?")
_PLAIN_GROUP = re.compile(r"\((?:\?(?::|>|\||P?<[A-Za-z_]\w*>|[a-zA-Z]*(?:-[a-zA-Z]+)?:))?")
_LOOKAROUND = re.compile(r"\(\?<?[=!]")
_EMPTY_GROUP = re.compile(r"\(\?(?:[a-zA-Z]+|#[^)]*|P=\w+)\)")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_SET_OPERATION = re.compile(r"\[.*(?:\[|--|&&|~~|\|\|)", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x[0-9a-fA-F]{2}|0[0-7]{0,2}|.)", re.DOTALL)
_ZERO_WIDTH = re.compile(r"\\(?:[bBAZzGmMK]|[1-9]\d?)|[\^$]")


@dataclass(frozen=True)
class Empty:
    """Matches without taking a character."""


@dataclass(frozen=True)
class Characters:
    """Takes one character out of a set, as far as `ALPHABET` can tell."""

    members: frozenset[str]


@dataclass(frozen=True)
class Sequence:
    """One after the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """One of several."""

    branches: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """From `least` to `most` times; `most` is None where there is no bound."""

    item: Node
    least: int
    most: int | None


Node = Empty | Characters | Sequence | Choice | Repeat


def parse(pattern: str, *, ignore_case: bool = False) -> Node:
    """The tree of a pattern; raises `ValueError` where this parser does not know the syntax."""
    parser = _Parser(pattern, ignore_case=ignore_case)
    tree = parser.choice()
    if parser.at < len(pattern):
        raise ValueError(f"unexpected {pattern[parser.at]!r} at {parser.at}")
    return tree


def size(node: Node) -> int:
    """How many places the pattern has when counted repetitions are written out."""
    if isinstance(node, Repeat):
        return max(1, node.least, node.most or 0) * size(node.item)
    if isinstance(node, Sequence):
        return 1 + sum(size(item) for item in node.items)
    if isinstance(node, Choice):
        return sum(size(branch) for branch in node.branches)
    return 1


class _Parser:
    def __init__(self, pattern: str, *, ignore_case: bool) -> None:
        self.pattern = pattern
        self.at = 0
        self._ignore_case = ignore_case

    def choice(self) -> Node:
        branches = [self._sequence()]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            branches.append(self._sequence())
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def _sequence(self) -> Node:
        items: list[Node] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            items.append(self._repeated(self._atom()))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def _repeated(self, item: Node) -> Node:
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None or found.group().startswith("{}"):
            return item
        self.at = found.end()
        sign = found.group()[0]
        if sign != "{":
            return Repeat(item, int(sign == "+"), 1 if sign == "?" else None)
        least, comma, most = found.groups()
        if not comma:
            return Repeat(item, int(least), int(least))
        return Repeat(item, int(least or 0), int(most) if most else None)

    def _atom(self) -> Node:
        if self._take(_ZERO_WIDTH) or self._take(_EMPTY_GROUP):
            return Empty()
        if self._take(_LOOKAROUND):
            # It takes no characters, as if repeated zero times; but its size counts.
            return Repeat(self._closed(self.choice()), 0, 0)
        if self._take(_PLAIN_GROUP):
            return self._closed(self.choice())
        text = self._take(_CLASS) or self._take(_ESCAPE)
        if not text:
            text = self.pattern[self.at]
            self.at += 1
            text = text if text == "." else re.escape(text)
        return Characters(_members(text, self._ignore_case))

    def _take(self, expression: re.Pattern[str]) -> str:
        found = expression.match(self.pattern, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found.group()

    def _closed(self, node: Node) -> Node:
        if not self.pattern.startswith(")", self.at):
            raise ValueError(f"a group is not closed at {self.at}")
        self.at += 1
        return node


@lru_cache(maxsize=1024)
def _members(text: str, ignore_case: bool) -> frozenset[str]:
    if _SET_OPERATION.search(text):
        # `re` warns that it may read this otherwise one day; anything errs on the safe side.
        return ALPHABET
    try:
        expression = re.compile(text, re.IGNORECASE if ignore_case else 0)
    except re.error:
        # Syntax beyond `re`: it may be anything, which errs on the side of "too complex".
        return ALPHABET
    return frozenset(character for character in ALPHABET if expression.fullmatch(character))
