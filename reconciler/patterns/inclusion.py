"""Whether one pattern matches in every text in which another one does. If so, and if it is tried
first, the other never matches.

Both automata run in parallel, and their sets of states are built on demand. Characters that neither
of them distinguishes are tried only once.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from reconciler.patterns.backtracking import Effort
from reconciler.patterns.characters import CATEGORIES, Universe
from reconciler.patterns.matching import finds
from reconciler.patterns.parsing import parse
from reconciler.patterns.program import (
    Operation,
    Program,
    TooLargeError,
    compiled,
)
from reconciler.patterns.required import required_text, witness
from reconciler.patterns.syntax import Anchor, Atomic, Characters, Look, Node, walk

MAX_PAIRS = 2_000
"""Pairs of state sets; without a decision within this limit, the answer is "not included"."""
_PAIR_STEPS = 50
"""A step of two sets of states costs about as much as this many steps of a matcher."""

_States = frozenset[int]


def shadows(earlier: str, later: str, *, effort: Effort) -> bool:
    """Whether `earlier` matches in every text in which `later` does, with case distinguished.

    False if unknown. For most pairs, a single text that only `later` matches settles the question;
    the cost of the others is added to `effort`.
    """
    wider, narrower = parse(earlier), parse(later)
    if wider is None or narrower is None:
        return False
    text = witness(narrower)
    if text is not None:
        if required_text(earlier) not in text.lower():
            return False
        if finds(later, text) and not finds(earlier, text):
            return False
    return includes(wider, narrower, ignore_case=False, effort=effort)


def includes(wider: Node, narrower: Node, *, ignore_case: bool, effort: Effort) -> bool:
    """Whether `search` finds `wider` in every text in which it finds `narrower`.

    False if it cannot be decided: a yes leads to a warning, so in doubt there is none. `$` matches
    only at the very end, as in ECMAScript. The cost is added to `effort`.
    """
    nodes = [*walk(wider), *walk(narrower)]
    if any(isinstance(node, (Look, Atomic)) or _counts_ascii_words(node) for node in nodes):
        return False
    sets = [node.taken for node in nodes if isinstance(node, Characters)]
    universe = Universe(sets, ignore_case=ignore_case)
    try:
        programs = (compiled(wider, universe), compiled(narrower, universe))
    except TooLargeError:
        return False
    return _no_text_tells_apart(_Search(programs[0]), _Search(programs[1]), universe, effort=effort)


def _counts_ascii_words(node: Node) -> bool:
    return isinstance(node, Anchor) and node.kind in "wW"


@dataclass(frozen=True)
class _Place:
    """A point that two searches have reached: their states, whether the narrower pattern has
    matched, and what precedes it. The wider one has not matched, or the text would be settled."""

    wider: _States
    narrower: _States
    found: bool
    after_word: bool
    at_start: bool


def _no_text_tells_apart(
    wider: _Search, narrower: _Search, universe: Universe, *, effort: Effort
) -> bool:
    start = _Place(frozenset(), frozenset(), found=False, after_word=False, at_start=True)
    seen = {start}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        effort.steps += _PAIR_STEPS * (len(universe.samples) + 1)
        for index in range(-1, len(universe.samples)):
            sample = universe.samples[index] if index >= 0 else None
            wide, wide_found = wider.step(here.wider, here, index=index, sample=sample)
            if wide_found:
                continue
            narrow, narrow_found = narrower.step(here.narrower, here, index=index, sample=sample)
            found = here.found or narrow_found
            if sample is None:
                if found:
                    return False
                continue
            there = _Place(
                wide,
                frozenset() if found else narrow,
                found=found,
                after_word=CATEGORIES["w"](sample),
                at_start=False,
            )
            if there not in seen:
                if len(seen) >= MAX_PAIRS:
                    return False
                seen.add(there)
                waiting.append(there)
    return True


class _Search:
    """One program, started again at every position in the text."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._ready: dict[tuple[_States, bool, bool, bool, bool], tuple[_States, bool]] = {}

    def step(
        self, states: _States, place: _Place, *, index: int, sample: str | None
    ) -> tuple[_States, bool]:
        """The states after the sample, and whether a match ends before it. None is the end."""
        before_word = sample is not None and CATEGORIES["w"](sample)
        key = (states, place.at_start, place.after_word, before_word, sample is None)
        if key not in self._ready:
            self._ready[key] = self._closure(states, place, before_word, at_end=sample is None)
        ready, found = self._ready[key]
        following = frozenset(
            self._program.states[number].next
            for number in ready
            if index >= 0 and self._program.states[number].mask >> index & 1
        )
        return following, found

    def _closure(
        self, states: _States, place: _Place, before_word: bool, *, at_end: bool
    ) -> tuple[_States, bool]:
        """The character states that are reachable without consuming anything, and whether MATCH
        is."""
        holds = {
            "^": place.at_start,
            "$": at_end,
            "Z": at_end,
            "b": place.after_word != before_word,
            "B": place.after_word == before_word,
        }
        reached: set[int] = set()
        waiting = [self._program.start, *states]
        while waiting:
            number = waiting.pop()
            if number in reached:
                continue
            reached.add(number)
            state = self._program.states[number]
            if state.operation is Operation.SPLIT:
                waiting.extend((state.next, state.other))
            elif state.operation in (Operation.ENTER, Operation.PROGRESS) or (
                state.operation is Operation.ANCHOR and holds[state.kind]
            ):
                waiting.append(state.next)
        characters = frozenset(number for number in reached if self._program.states[number].mask)
        return characters, 0 in reached
