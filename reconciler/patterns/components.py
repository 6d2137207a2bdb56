"""A pattern as a deterministic automaton, built state by state as it is walked.

    WHOLE   all of the text matches, in whichever way
    FIRST   the match that the engine prefers, from the start of the text, is all of it
    FOUND   something matches, anywhere in the text

A state is what is known before the next character: the threads of the program that are still
running, what stands before, and how far each lookbehind is. For FIRST, the threads are in the
engine's order of preference, and one that has matched cuts off those after it (as in Pike's
simulation). A thread carries the lookaheads that it has passed as its duties, so that every
conjunction of conditions is a state of its own, and the automaton stays deterministic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.backtracking import Effort
from reconciler.patterns.lookaround import (
    FREE,
    Duties,
    Kernel,
    Lookarounds,
    Place,
    Side,
    holds,
    reach,
    words,
)
from reconciler.patterns.program import Operation, Program

DEAD, FOUND = 0, 1
"""The states from which nothing is accepted any more, and from which everything is."""
MAX_STEPS = 60_000
"""Steps of threads in a question."""
_MATCH, _DONE = 0, -1
"""A thread that has matched here, and one that has matched before; if its duties hold."""


class Mode(Enum):
    """What is accepted; see the module's docstring."""

    WHOLE = "whole"
    FIRST = "first"
    FOUND = "found"


class OutOfStepsError(Exception):
    """The question has used up its steps."""


_Thread = tuple[int, Duties]


@dataclass(frozen=True)
class _State:
    threads: tuple[_Thread, ...]
    before: Side
    behind: tuple[Kernel, ...]


class Component:
    """The automaton of one program in one mode. States are numbers, characters the numbers of their
    classes. What it costs is added to `effort`; beyond MAX_STEPS, OutOfStepsError is raised."""

    def __init__(self, program: Program, alphabet: Alphabet, *, mode: Mode, effort: Effort) -> None:
        self.mode = mode
        self._program = program
        self._effort = effort
        self._lookarounds = Lookarounds(program)
        self._word = words(program, alphabet)
        self._letters = len(alphabet.samples)
        masks = {self._word, *_masks(program)}
        self.kinds: tuple[int, ...] = tuple(
            sum(1 << bit for bit, mask in enumerate(masks) if mask >> letter & 1)
            for letter in range(self._letters)
        )
        """Characters of the same kind lead from each state to the same one."""
        self._closures: dict[tuple[int, Side], tuple[_Thread, ...]] = {}
        self._states: list[_State] = [_State((), Side.OTHER, ())] * 2
        self._rows: list[list[int | None]] = [[DEAD] * self._letters, [FOUND] * self._letters]
        self._accepts: dict[int, bool] = {DEAD: False, FOUND: True}
        self._going_on: dict[int, int] = {DEAD: 0, FOUND: (1 << self._letters) - 1}
        self._numbers: dict[_State, int] = {}
        self._begins_anywhere = mode is Mode.FOUND and _matches_later(program)
        self.start = self._number(
            _State(((program.start, FREE),), Side.EDGE, self._lookarounds.at_start)
        )
        """The state before the first character."""

    def step(self, state: int, letter: int) -> int:
        """The state after a character."""
        known = self._rows[state][letter]
        if known is None:
            known = self._rows[state][letter] = self._stepped(state, letter)
        return known

    def going_on(self, state: int) -> int:
        """The characters that do not lead to DEAD, as a mask; it may have others as well."""
        if state not in self._going_on:
            self._going_on[state] = self._open(state)
        return self._going_on[state]

    def _open(self, state: int) -> int:
        every = (1 << self._letters) - 1
        if self._begins_anywhere:
            return every
        found = 0
        for after, kind in ((Side.WORD, self._word), (Side.OTHER, every & ~self._word)):
            for pc, _ in self._closure(state, after) if kind else ():
                if pc > _MATCH:
                    found |= self._program.states[pc].mask & kind
                elif self.mode is Mode.FOUND:
                    found |= kind
        return found

    def accepts(self, state: int) -> bool:
        """Whether the text that has led to the state is accepted, if it ends here."""
        if state not in self._accepts:
            ends = [pc for pc, _ in self._closure(state, Side.EDGE) if pc in (_MATCH, _DONE)]
            self._accepts[state] = ends[:1] == [_MATCH]
        return self._accepts[state]

    def _number(self, state: _State) -> int:
        is_alive = any(pc != _DONE for pc, _ in state.threads)
        if not is_alive and not self._begins_anywhere:
            return DEAD
        if state not in self._numbers:
            self._numbers[state] = len(self._states)
            self._states.append(state)
            self._rows.append([None] * self._letters)
        return self._numbers[state]

    def _stepped(self, number: int, letter: int) -> int:
        state = self._states[number]
        after = Side.WORD if self._word >> letter & 1 else Side.OTHER
        ready = self._closure(number, after)
        if self.mode is Mode.FOUND and (_MATCH, FREE) in ready:
            return FOUND
        threads = [*self._advanced(ready, letter)]
        if self._begins_anywhere:
            threads.append((self._program.start, FREE))
        behind = self._lookarounds.followed(state.behind, (state.before, after), letter)
        return self._number(_State(self._distinct(threads), after, behind))

    def _advanced(self, ready: Iterable[_Thread], letter: int) -> Iterable[_Thread]:
        """The threads behind a character."""
        for pc, duties in ready:
            if pc in (_MATCH, _DONE):
                if self.mode is Mode.WHOLE or duties == FREE:
                    continue
                target = _MATCH if self.mode is Mode.FOUND else _DONE
            elif self._program.states[pc].mask >> letter & 1:
                target = self._program.states[pc].next
            else:
                continue
            kept = self._lookarounds.carried(duties, letter) if duties else FREE
            if kept is not None:
                yield target, kept

    def _distinct(self, threads: list[_Thread]) -> tuple[_Thread, ...]:
        """Without those that an earlier one makes superfluous: at the same place, and with no duty
        that they do not have. Where order does not matter, those with fewer duties come first."""
        if len(threads) <= 1:
            return tuple(threads)
        if self.mode is not Mode.FIRST:
            threads = sorted(set(threads), key=_fewest_duties)
        by_place: dict[int, list[Duties]] = {}
        kept: list[_Thread] = []
        for pc, duties in threads:
            rivals = by_place.setdefault(pc, [])
            if not any(rival <= duties for rival in rivals):
                rivals.append(duties)
                kept.append((pc, duties))
        return tuple(kept)

    def _closure(self, number: int, after: Side) -> tuple[_Thread, ...]:
        """The threads that wait for a character, or have matched, if this is what follows."""
        key = (number, after)
        if key not in self._closures:
            self._closures[key] = tuple(self._ready(self._states[number], after))
        return self._closures[key]

    def _ready(self, state: _State, after: Side) -> Iterable[_Thread]:
        place = (state.before, after)
        seen: set[_Thread] = set()
        waiting: list[_Thread] = []
        for pc, duties in reversed(state.threads):
            due = self._lookarounds.due(duties, place) if duties else FREE
            if due is not None:
                waiting.append((pc, due))
        while waiting:
            thread = waiting.pop()
            if thread in seen:
                continue
            seen.add(thread)
            pc, duties = thread
            if pc == _DONE or self._program.states[pc].operation in _RESTING:
                yield thread
                if self.mode is Mode.FIRST and pc in (_MATCH, _DONE) and duties == FREE:
                    break
            else:
                waiting.extend(self._moved(pc, duties, state, place))
        self._effort.steps += len(seen)
        if self._effort.steps > MAX_STEPS:
            raise OutOfStepsError

    def _moved(self, pc: int, duties: Duties, state: _State, place: Place) -> Iterable[_Thread]:
        """Where a thread gets without consuming anything; the last one is preferred."""
        instruction = self._program.states[pc]
        if instruction.operation is Operation.SPLIT:
            yield instruction.other, duties
            yield instruction.next, duties
        elif instruction.operation is Operation.LOOK:
            passed = self._lookarounds.passed(pc, duties, state.behind, place)
            if passed is not None:
                yield instruction.next, passed
        elif holds(instruction, place):
            yield instruction.next, duties


_RESTING = (Operation.CHARACTER, Operation.MATCH)


def _masks(program: Program) -> Iterator[int]:
    """The sets of characters that the program tells apart."""
    for each in program.states:
        if each.operation is Operation.CHARACTER:
            yield each.mask
        if each.below is not None:
            yield from _masks(each.below)


def _fewest_duties(thread: _Thread) -> tuple[int, int, list[tuple[int, list[int]]]]:
    pc, duties = thread
    return len(duties), pc, sorted((look, sorted(kernel)) for look, kernel in duties)


def _matches_later(program: Program) -> bool:
    """Whether a match may begin anywhere but at the start of the text."""
    found = [
        reach(program.states, (program.start,), (before, after))
        for before in (Side.WORD, Side.OTHER)
        for after in Side
    ]
    return any(ready or matched for ready, matched in found)
