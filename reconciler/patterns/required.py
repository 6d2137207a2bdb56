"""Cheap answers from the tree alone, which usually make an engine or automaton unnecessary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from reconciler.patterns.characters import CharacterSet, Dialect
from reconciler.patterns.membership import members
from reconciler.patterns.parsing import parse
from reconciler.patterns.syntax import (
    Anchor,
    Atomic,
    Characters,
    Choice,
    Look,
    Node,
    Repeat,
    Sequence,
    nullable,
)


@lru_cache(maxsize=4096)
def required_text(pattern: str) -> str:
    """The longest text, as far as the tree shows it, that every match contains; it may be empty.

    It is lower-case ASCII, so that the lower-cased text of a match contains it in any case.
    """
    tree = parse(pattern)
    return "" if tree is None else required_in(tree)


def required_in(tree: Node) -> str:
    """The same, from the tree of a pattern in any syntax."""
    runs = [""]
    for part in _parts(tree):
        single = part.taken.single if isinstance(part, Characters) else None
        if single is not None and single.isascii():
            runs[-1] += single.lower()
        elif not isinstance(part, (Anchor, Look)):
            runs.append("")
    return max(runs, key=len)


@dataclass(frozen=True)
class Edges:
    """The ASCII characters that a text can begin and end with if the pattern matches in it; None
    allows any. Other characters are always allowed, because engines disagree about them."""

    first: frozenset[str] | None = None
    last: frozenset[str] | None = None

    def allow(self, first: str, last: str) -> bool:
        """Whether a text with this first and last character may match."""
        return _allows(self.first, first) and _allows(self.last, last)


def required_edges(tree: Node, *, whole: bool, ignore_case: bool) -> Edges:
    """The edges for a match of the whole text, or of any part of it that the anchors allow."""
    if nullable(tree):
        return Edges()
    parts = _parts(tree)
    first = last = None
    if whole or parts[0] == Anchor("^"):
        first = _in_ascii(_outer(tree, backwards=False), ignore_case=ignore_case)
    if whole or parts[-1] == Anchor("Z"):
        last = _in_ascii(_outer(tree, backwards=True), ignore_case=ignore_case)
    elif parts[-1] == Anchor("$"):
        last = _in_ascii(_outer(tree, backwards=True), ignore_case=ignore_case) | {"\n"}
    return Edges(first, last)


def _outer(node: Node, *, backwards: bool) -> Iterator[CharacterSet]:
    """The sets that may consume the first character of a match; backwards, the last one."""
    if isinstance(node, Characters):
        yield node.taken
    elif isinstance(node, Choice):
        for branch in node.branches:
            yield from _outer(branch, backwards=backwards)
    elif isinstance(node, (Repeat, Atomic)):
        yield from _outer(node.body, backwards=backwards)
    elif isinstance(node, Sequence):
        for part in reversed(node.parts) if backwards else node.parts:
            yield from _outer(part, backwards=backwards)
            if not nullable(part):
                break


def _in_ascii(sets: Iterator[CharacterSet], *, ignore_case: bool) -> frozenset[str]:
    return frozenset().union(*(_members(each, ignore_case=ignore_case) for each in sets))


@lru_cache(maxsize=1024)
def _members(characters: CharacterSet, *, ignore_case: bool) -> frozenset[str]:
    found = members(characters, dialect=Dialect.PYTHON, ignore_case=ignore_case)
    return frozenset(
        chr(point) for least, most in found for point in range(least, min(most + 1, 128))
    )


def _allows(members: frozenset[str] | None, character: str) -> bool:
    return members is None or character in members or not character.isascii()


def _parts(tree: Node) -> tuple[Node, ...]:
    """The parts in order, with nested groups flattened."""
    if not isinstance(tree, Sequence):
        return (tree,)
    return tuple(inner for part in tree.parts for inner in _parts(part))
