"""The conditions of a program on the text around a place, decided as the text goes by.

A lookbehind is followed from the start of the text on: it holds where one of its matches ends. A
lookahead becomes a duty of the thread that passes it: the states of its program, which must still
reach MATCH, or never.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.program import Instruction, Operation, Program
from reconciler.patterns.syntax import WORDS


class Side(IntEnum):
    """What stands on one side of a place in the text: its start or end, or a character that is or
    is not part of a word."""

    EDGE = 0
    WORD = 1
    OTHER = 2


Place = tuple[Side, Side]
"""What stands before and after."""
Kernel = frozenset[int]
"""The states of a program just behind a character."""
Duties = frozenset[tuple[int, Kernel]]
"""The lookaheads that are still to be decided, by the number of their instruction."""
FREE: Duties = frozenset()


class Lookarounds:
    """The lookarounds of a program, none of which contains another one."""

    def __init__(self, program: Program) -> None:
        self._instructions = program.states
        self._below: dict[int, Program] = {
            number: each.below
            for number, each in enumerate(program.states)
            if each.operation is Operation.LOOK and each.below is not None
        }
        self._begun = {number: frozenset((each.start,)) for number, each in self._below.items()}
        self._behind = [number for number in self._below if not program.states[number].ahead]
        self._reached: dict[tuple[int, Kernel, Place], tuple[Kernel, bool]] = {}
        self.at_start: tuple[Kernel, ...] = tuple(self._begun[number] for number in self._behind)
        """How far each lookbehind is before the first character."""

    def followed(self, behind: tuple[Kernel, ...], place: Place, letter: int) -> tuple[Kernel, ...]:
        """How far each lookbehind is behind a character of this class."""
        if not behind:
            return behind
        return tuple(
            self._after(look, self._reach(look, kernel, place)[0], letter) | self._begun[look]
            for look, kernel in zip(self._behind, behind, strict=True)
        )

    def passed(
        self, look: int, duties: Duties, behind: tuple[Kernel, ...], place: Place
    ) -> Duties | None:
        """The duties of a thread that has passed a lookaround; None if it cannot."""
        instruction = self._instructions[look]
        if instruction.ahead:
            added = self.due(frozenset(((look, self._begun[look]),)), place)
            return None if added is None else duties | added
        kernel = behind[self._behind.index(look)]
        return duties if self._reach(look, kernel, place)[1] != instruction.negated else None

    def due(self, duties: Duties, place: Place) -> Duties | None:
        """The duties that this place leaves open; None if it decides against one of them."""
        kept: list[tuple[int, Kernel]] = []
        for look, kernel in duties:
            ready, matched = self._reach(look, kernel, place)
            is_open = not matched and bool(ready) and place[1] is not Side.EDGE
            if is_open:
                kept.append((look, ready))
            elif matched == self._instructions[look].negated:
                return None
        return frozenset(kept)

    def carried(self, duties: Duties, letter: int) -> Duties | None:
        """The open duties behind a character of this class; None if one of them has failed."""
        kept: list[tuple[int, Kernel]] = []
        for look, ready in duties:
            kernel = self._after(look, ready, letter)
            if kernel:
                kept.append((look, kernel))
            elif not self._instructions[look].negated:
                return None
        return frozenset(kept)

    def _after(self, look: int, ready: Kernel, letter: int) -> Kernel:
        states = self._below[look].states
        return frozenset(states[pc].next for pc in ready if states[pc].mask >> letter & 1)

    def _reach(self, look: int, kernel: Kernel, place: Place) -> tuple[Kernel, bool]:
        key = (look, kernel, place)
        if key not in self._reached:
            self._reached[key] = reach(self._below[look].states, kernel, place)
        return self._reached[key]


def reach(
    instructions: list[Instruction], kernel: Iterable[int], place: Place
) -> tuple[Kernel, bool]:
    """The character states that are reached at this place without consuming anything, and whether
    MATCH is. Lookarounds are taken to hold."""
    reached: set[int] = set()
    waiting = [*kernel]
    while waiting:
        number = waiting.pop()
        if number in reached:
            continue
        reached.add(number)
        instruction = instructions[number]
        if instruction.operation is Operation.SPLIT:
            waiting.extend((instruction.next, instruction.other))
        elif instruction.operation not in (Operation.CHARACTER, Operation.MATCH) and holds(
            instruction, place
        ):
            waiting.append(instruction.next)
    ready = (number for number in reached if instructions[number].operation is Operation.CHARACTER)
    return frozenset(ready), 0 in reached


def holds(instruction: Instruction, place: Place) -> bool:
    """Whether an anchor holds at this place; any other condition does."""
    before, after = place
    if instruction.kind == "^":
        return before is Side.EDGE
    if instruction.kind in ("$", "Z"):
        return after is Side.EDGE
    if instruction.kind in WORDS:
        return ((before is Side.WORD) != (after is Side.WORD)) == (instruction.kind in "bw")
    return True


def words(program: Program, alphabet: Alphabet) -> int:
    """The characters of words, as far as the program asks for them."""
    for each in program.states:
        if each.kind in WORDS:
            return alphabet.mask(WORDS[each.kind])
        below = words(each.below, alphabet) if each.below else 0
        if below:
            return below
    return 0
