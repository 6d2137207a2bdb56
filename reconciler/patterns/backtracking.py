"""A backtracking matcher that counts its steps, to measure a pattern's cost without a clock."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.program import Instruction, Operation, Program
from reconciler.patterns.syntax import WORDS

_Marks = tuple[tuple[int, int], ...]


@dataclass
class Effort:
    """The cost of an analysis, in units of about one step of a matcher."""

    steps: int = 0


class OutOfStepsError(Exception):
    """The matcher has reached its limit of steps."""


class Matcher:
    """Runs a program on one text of the alphabet's samples, from any position.

    Like the engines of Python and ECMAScript, it does not remember failures. It uses none of their
    shortcuts, because none of them helps against an ambiguous loop.
    """

    def __init__(self, text: str, *, alphabet: Alphabet, limit: int) -> None:
        self._text = text
        self._alphabet = alphabet
        bits = {sample: 1 << index for index, sample in enumerate(alphabet.samples)}
        self._bits = [bits[character] for character in text]
        self._limit = limit
        self.steps = 0

    def search(self, program: Program) -> bool:
        """Whether the program matches anywhere in the text. Raises OutOfStepsError."""
        return any(self.match(program, start) is not None for start in range(len(self._text) + 1))

    def match(self, program: Program, start: int, *, end: int | None = None) -> int | None:
        """The end of the first match from `start` (which must be `end`, if given), or None."""
        waiting: list[tuple[int, int, _Marks]] = [(program.start, start, ())]
        states = program.states
        while waiting:
            state, place, marks = waiting.pop()
            while True:
                self.steps += 1
                if self.steps > self._limit:
                    raise OutOfStepsError
                instruction = states[state]
                operation = instruction.operation
                if operation is Operation.CHARACTER:
                    if place >= len(self._bits) or not self._bits[place] & instruction.mask:
                        break
                    place += 1
                elif operation is Operation.SPLIT:
                    waiting.append((instruction.other, place, marks))
                elif operation is Operation.MATCH:
                    if end is None or place == end:
                        return place
                    break
                else:
                    moved = self._moved(instruction, place, marks)
                    if moved is None:
                        break
                    place, marks = moved
                state = instruction.next
        return None

    def _moved(
        self, instruction: Instruction, place: int, marks: _Marks
    ) -> tuple[int, _Marks] | None:
        """The next position and its marks, or None."""
        slot = instruction.slot
        if instruction.operation is Operation.ENTER:
            return place, (*(mark for mark in marks if mark[0] != slot), (slot, place))
        if instruction.operation is Operation.PROGRESS:
            return None if (slot, place) in marks else (place, marks)
        there = self._condition(instruction, place)
        return None if there is None else (there, marks)

    def _condition(self, instruction: Instruction, place: int) -> int | None:
        """The next position, or None."""
        if instruction.operation is Operation.ANCHOR:
            return place if self._anchored(instruction.kind, place) else None
        below = instruction.below
        if below is None:
            return place
        if instruction.operation is Operation.ATOMIC:
            return self.match(below, place)
        start = place - instruction.width
        found = start >= 0 and (
            self.match(below, start, end=None if instruction.ahead else place) is not None
        )
        return place if found != instruction.negated else None

    def _anchored(self, kind: str, place: int) -> bool:
        rest = len(self._text) - place
        if kind == "^":
            return place == 0
        if kind in "$Z":
            return rest == 0 or (kind == "$" and rest == 1 and self._text[place] == "\n")
        word = self._alphabet.mask(WORDS[kind])
        before = place > 0 and bool(self._bits[place - 1] & word)
        after = rest > 0 and bool(self._bits[place] & word)
        return (before != after) == (kind in "bw")
