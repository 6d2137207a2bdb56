"""Tree → automaton, written as a program with one instruction per state.

    CHARACTER  consume one character of the mask            → next
    SPLIT      without consuming anything                   → next, and if that fails → other
    ANCHOR     if the position is right                     → next
    LOOK       if the program below matches here, or not    → next
    ATOMIC     with the first match of the program below    → next
    ENTER      remember the position under the loop's slot  → next
    PROGRESS   if the position has moved since ENTER        → next
    MATCH      done

The order of a SPLIT is the engine's preference. So the same program serves both as an automaton,
for questions about the language, and as the script of a backtracking matcher.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.syntax import (
    Anchor,
    Atomic,
    Characters,
    Choice,
    Look,
    Node,
    Repeat,
    fixed_width,
    mapped,
    nullable,
)

MAX_INSTRUCTIONS = 4_000
MAX_COUNT = 128
"""Larger counts are as good as endless to an attack: no text that is tried is that long."""
MANY = 6
"""A counted repetition with at least this maximum may behave like an endless one."""


class Operation(Enum):
    """What an instruction does; see the module's docstring."""

    CHARACTER = "character"
    SPLIT = "split"
    ANCHOR = "anchor"
    LOOK = "look"
    ATOMIC = "atomic"
    ENTER = "enter"
    PROGRESS = "progress"
    MATCH = "match"


@dataclass
class Instruction:
    """One state. Fields that the operation does not need keep their defaults."""

    operation: Operation
    next: int = 0
    other: int = 0
    mask: int = 0
    kind: str = ""
    below: Program | None = None
    ahead: bool = True
    negated: bool = False
    width: int = 0
    slot: int = 0


@dataclass(frozen=True)
class Program:
    """Its states, by their number, and the one that it starts at; MATCH is number 0."""

    states: list[Instruction]
    start: int


class TooLargeError(Exception):
    """The pattern, written out, has more than MAX_INSTRUCTIONS states."""


def compiled(tree: Node, alphabet: Alphabet, *, max_count: int = MAX_INSTRUCTIONS) -> Program:
    """The tree's program, in which counts above `max_count` are endless. Raises TooLargeError."""
    return _Compiler(alphabet, max_count=max_count).whole(tree)


def loosened(tree: Node) -> Node:
    """The tree with all larger counts made endless: a coarser language with far fewer states."""
    return mapped(tree, _loosened)


def _loosened(node: Node) -> Node:
    if isinstance(node, Repeat) and (node.most is None or node.most >= MANY):
        return replace(node, least=min(node.least, 1), most=None)
    return node


class _Compiler:
    """Works backwards: each part is given the state that follows it, and returns its first."""

    def __init__(self, alphabet: Alphabet, *, max_count: int) -> None:
        self._alphabet = alphabet
        self._max_count = max_count
        self._written = 0

    def whole(self, tree: Node) -> Program:
        states = [Instruction(Operation.MATCH)]
        return Program(states, start=self._node(states, tree, 0))

    def _add(self, states: list[Instruction], instruction: Instruction) -> int:
        self._written += 1
        if self._written > MAX_INSTRUCTIONS:
            raise TooLargeError
        states.append(instruction)
        return len(states) - 1

    def _node(self, states: list[Instruction], node: Node, after: int) -> int:
        if isinstance(node, Characters):
            mask = self._alphabet.mask(node.taken)
            return self._add(states, Instruction(Operation.CHARACTER, next=after, mask=mask))
        if isinstance(node, Anchor):
            return self._add(states, Instruction(Operation.ANCHOR, next=after, kind=node.kind))
        if isinstance(node, (Look, Atomic)):
            return self._below(states, node, after)
        if isinstance(node, Choice):
            return self._branches(states, node, after)
        if isinstance(node, Repeat):
            return self._repeat(states, node, after)
        for part in reversed(node.parts):
            after = self._node(states, part, after)
        return after

    def _below(self, states: list[Instruction], node: Look | Atomic, after: int) -> int:
        instruction = Instruction(Operation.ATOMIC, next=after, below=self.whole(node.body))
        if isinstance(node, Look):
            instruction.operation = Operation.LOOK
            instruction.ahead, instruction.negated = node.ahead, node.negated
            instruction.width = 0 if node.ahead else fixed_width(node.body) or 0
        return self._add(states, instruction)

    def _branches(self, states: list[Instruction], node: Choice, after: int) -> int:
        starts = [self._node(states, branch, after) for branch in node.branches]
        entry = starts.pop()
        for start in reversed(starts):
            entry = self._split(states, start, entry)
        return entry

    def _split(self, states: list[Instruction], first: int, second: int) -> int:
        return self._add(states, Instruction(Operation.SPLIT, next=first, other=second))

    def _repeat(self, states: list[Instruction], node: Repeat, after: int) -> int:
        least = min(node.least, self._max_count)
        if node.most is None or node.most > self._max_count:
            head, body = self._loop(states, node, after)
            entry = head
            if least and not nullable(node.body):
                least, entry = least - 1, body
        else:
            entry = after
            for _ in range(node.most - least):
                body = self._node(states, node.body, entry)
                first, second = (after, body) if node.lazy else (body, after)
                entry = self._split(states, first, second)
        for _ in range(least):
            entry = self._node(states, node.body, entry)
        return entry

    def _loop(self, states: list[Instruction], node: Repeat, after: int) -> tuple[int, int]:
        """The split at the head of the loop, and the loop's body."""
        head = self._split(states, after, after)
        back = head
        guarded = nullable(node.body)
        if guarded:  # an engine does not repeat an empty match for ever
            back = self._add(states, Instruction(Operation.PROGRESS, next=head, slot=head))
        body = self._node(states, node.body, back)
        if guarded:
            body = self._add(states, Instruction(Operation.ENTER, next=body, slot=head))
        states[head].next, states[head].other = (after, body) if node.lazy else (body, after)
        return head, body
