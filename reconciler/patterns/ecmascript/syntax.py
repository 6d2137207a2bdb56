"""What the tree of a JavaScript pattern has besides: groups that capture, and references to them.

Each is a Sequence too, and as such it is what an analysis that does not know it may assume: a group
is its body, and a reference is nothing. A tree with a reference or a modifier is only an outline.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.patterns.syntax import Node, Sequence


@dataclass(frozen=True)
class Capture(Sequence):
    """The group with this number, counted from 1; its body is the only part."""

    number: int

    @property
    def body(self) -> Node:
        """What it captures."""
        return self.parts[0]


@dataclass(frozen=True)
class Reference(Sequence):
    """The text that one of these groups has captured; nothing if none of them has."""

    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Modified(Sequence):
    """A group in which flags differ, such as `(?i: … )`; its body is the only part."""

    opening: str
