"""The tree of a pattern, as far as its language can be modelled exactly.

    Node = Characters | Anchor | Sequence | Choice | Repeat | Look | Atomic

Groups are not in the tree: without references to them, what they capture does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from reconciler.patterns.characters import ASCII_WORD, UNICODE_WORD, CharacterSet


@dataclass(frozen=True)
class Characters:
    """One character from a set."""

    taken: CharacterSet


@dataclass(frozen=True)
class Anchor:
    """A position: `^`, `$`, `b`, `B`, `Z`, `w` or `W`. Unlike `$`, `Z` allows no line break after
    it; unlike `b` and `B`, `w` and `W` count only ASCII characters as parts of words."""

    kind: str


WORDS = {"b": UNICODE_WORD, "B": UNICODE_WORD, "w": ASCII_WORD, "W": ASCII_WORD}
"""The characters of words, by the kinds of anchors that depend on them."""


@dataclass(frozen=True)
class Sequence:
    """One part after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    """The first branch that leads to a match."""

    branches: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    """`least` to `most` times; None is without limit."""

    body: Node
    least: int
    most: int | None
    lazy: bool = False


@dataclass(frozen=True)
class Look:
    """A condition on the text before or after, which consumes nothing."""

    body: Node
    ahead: bool
    negated: bool


@dataclass(frozen=True)
class Atomic:
    """A part that, once matched, is never matched in another way."""

    body: Node


Node = Characters | Anchor | Sequence | Choice | Repeat | Look | Atomic


def children(node: Node) -> tuple[Node, ...]:
    """The direct children."""
    if isinstance(node, Sequence):
        return node.parts
    if isinstance(node, Choice):
        return node.branches
    if isinstance(node, (Repeat, Look, Atomic)):
        return (node.body,)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and all its descendants."""
    yield node
    for child in children(node):
        yield from walk(child)


def mapped(node: Node, change: Callable[[Node], Node]) -> Node:
    """The tree with each node changed, after its children."""
    if isinstance(node, Sequence):
        node = replace(node, parts=tuple(mapped(part, change) for part in node.parts))
    elif isinstance(node, Choice):
        node = Choice(tuple(mapped(branch, change) for branch in node.branches))
    elif isinstance(node, (Repeat, Look, Atomic)):
        node = replace(node, body=mapped(node.body, change))
    return change(node)


def distinguished(tree: Node) -> Iterator[CharacterSet]:
    """The sets of characters on which a match depends."""
    for node in walk(tree):
        if isinstance(node, Characters):
            yield node.taken
        elif isinstance(node, Anchor) and node.kind in WORDS:
            yield WORDS[node.kind]


def nullable(node: Node) -> bool:
    """Whether it can match without consuming a character, at some position in some text."""
    if isinstance(node, Characters):
        return False
    if isinstance(node, (Anchor, Look)):
        return True
    if isinstance(node, Repeat):
        return node.least == 0 or nullable(node.body)
    if isinstance(node, Choice):
        return any(nullable(branch) for branch in node.branches)
    return all(nullable(part) for part in children(node))


def fixed_width(node: Node) -> int | None:
    """How many characters it consumes, if that number is fixed."""
    if isinstance(node, Characters):
        return 1
    if isinstance(node, (Anchor, Look)):
        return 0
    if isinstance(node, Repeat):
        width = fixed_width(node.body)
        return width * node.least if width is not None and node.least == node.most else None
    widths = [fixed_width(child) for child in children(node)]
    if isinstance(node, Choice):
        return widths[0] if len(set(widths)) == 1 else None
    known = [width for width in widths if width is not None]
    return sum(known) if len(known) == len(widths) else None


def written_out(node: Node) -> int:
    """The number of states when counted repetitions are written out."""
    if isinstance(node, Repeat):
        return max(node.least, node.most or 0, 1) * written_out(node.body)
    return max(1, sum(written_out(child) for child in children(node)))
