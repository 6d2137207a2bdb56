"""Proving catastrophic backtracking: a text on which a backtracking matcher's steps explode.

    tree ──> positions ──> suspicions ──> texts of 1, 2, 3 … pumps ──> steps of the exact program

Only patterns that the last step confirms are reported. The first steps may therefore be coarse, and
a pattern that is merely slow, or saved by some condition, is never called catastrophic.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from reconciler.patterns.alphabet import LINE_BREAK, Alphabet
from reconciler.patterns.ambiguity import MAX_PAIRS, Suspicion, suspicions
from reconciler.patterns.backtracking import Effort, Matcher, OutOfStepsError
from reconciler.patterns.positions import Positions
from reconciler.patterns.program import (
    MANY,
    MAX_COUNT,
    Program,
    TooLargeError,
    compiled,
    loosened,
)
from reconciler.patterns.syntax import (
    Atomic,
    Choice,
    Node,
    Repeat,
    distinguished,
    mapped,
    walk,
)

MAX_STEPS = 250_000
"""More than this on a text of MAX_TEXT characters is catastrophic, however it grows: a polynomial
that steep, of about the sixth degree, is as bad as an exponential."""
MAX_TEXT = 32
_MAX_PUMPS = 12
_MIN_PUMPS = 4
_MIN_GROWTH = 1.8
"""Two ways double the steps with each pump; cubic growth is below this after that many pumps."""
_MIN_STEADINESS = 0.95
"""The growth rate of a polynomial falls with each pump; that of an exponential does not."""
_MAX_EFFORT = 2_000_000
"""Steps per pattern; a problem that is not proven within this limit is not reported."""


@dataclass(frozen=True)
class Attack:
    """The proof: a backtracking matcher takes at least `steps` steps to search `text`, which is
    `prefix`, `times` times `pump`, and `suffix`."""

    prefix: str
    pump: str
    times: int
    suffix: str
    steps: int

    @property
    def text(self) -> str:
        """The input."""
        return self.prefix + self.pump * self.times + self.suffix


def find_attack(tree: Node, *, ignore_case: bool, effort: Effort) -> Attack | None:
    """An input that proves catastrophic backtracking, or None if none is found. Patterns that are
    too large with their counts written out are not analysed. The cost is added to `effort`."""
    if not is_risky(tree):
        return None
    alphabet = Alphabet((*distinguished(tree), LINE_BREAK), ignore_case=ignore_case)
    try:
        exact = compiled(tree, alphabet, max_count=MAX_COUNT)
    except TooLargeError:
        return None
    trial = _Trial(exact, alphabet, effort=effort)
    effort.steps += len(exact.states)
    for suspicion in _suspected(tree, alphabet, effort=effort):
        for suffix in suspicion.suffixes:
            attack = trial.of(suspicion, suffix=suffix)
            if attack is not None:
                return attack
    return None


def is_ambiguous(tree: Node, *, ignore_case: bool) -> bool:
    """Whether a loop can read the same text in two ways, as in `(a|aa)+`, with or without a proof.

    If the pattern is too large, its larger counts are treated as endless. If it is still too large,
    or too expensive to decide, it counts as ambiguous.
    """
    if not is_risky(tree):
        return False
    alphabet = Alphabet((*distinguished(tree), LINE_BREAK), ignore_case=ignore_case)
    plain = _without_atoms(tree)
    for each in (plain, loosened(plain)):
        with suppress(TooLargeError):
            positions = Positions(compiled(each, alphabet, max_count=MAX_COUNT))
            if positions.is_small:
                effort = Effort()
                found = any(suspicions(positions, alphabet, effort=effort))
                return found or effort.steps >= MAX_PAIRS
    return True


def is_slow_on(text: str, tree: Node, *, ignore_case: bool) -> bool:
    """Whether a search of this very text takes more than MAX_STEPS, or cannot be tried. It ends
    after as many steps, whatever the pattern."""
    alphabet = Alphabet((*distinguished(tree), LINE_BREAK), ignore_case=ignore_case)
    classes = alphabet.classes_of(text)
    if classes is None:
        return True
    alike = "".join(alphabet.samples[number] for number in classes)
    try:
        program = compiled(tree, alphabet)
        Matcher(alike, alphabet=alphabet, limit=MAX_STEPS).search(program)
    except (TooLargeError, OutOfStepsError):
        return True
    return False


def is_risky(tree: Node) -> bool:
    """Whether a repetition contains alternatives; without any, nothing can multiply."""
    return any(
        isinstance(node, Repeat)
        and (node.most is None or node.most >= MANY)
        and any(
            isinstance(below, Choice) or (isinstance(below, Repeat) and below.least != below.most)
            for below in walk(node.body)
        )
        for node in walk(tree)
    )


def _suspected(tree: Node, alphabet: Alphabet, *, effort: Effort) -> Iterator[Suspicion]:
    """First for the pattern as written, then with its larger counts made endless."""
    plain = _without_atoms(tree)
    seen: set[Node] = set()
    for each in (plain, loosened(plain)):
        if each in seen:
            continue
        seen.add(each)
        try:
            program = compiled(each, alphabet, max_count=MAX_COUNT)
        except TooLargeError:
            continue
        yield from suspicions(Positions(program), alphabet, effort=effort)


def _without_atoms(tree: Node) -> Node:
    return mapped(tree, lambda node: node.body if isinstance(node, Atomic) else node)


class _Trial:
    """Counts the steps of the exact program on longer and longer texts."""

    def __init__(self, program: Program, alphabet: Alphabet, *, effort: Effort) -> None:
        self._program = program
        self._alphabet = alphabet
        self._spent = 0
        self._effort = effort

    def of(self, suspicion: Suspicion, *, suffix: str) -> Attack | None:
        prefix, pump = suspicion.prefix, suspicion.pump
        counts: list[int] = []
        for times in range(1, MAX_TEXT + 1):
            text = prefix + pump * times + suffix
            if self._spent > _MAX_EFFORT or (times > _MAX_PUMPS and len(text) > MAX_TEXT):
                break
            steps = self._steps(text)
            if steps > MAX_STEPS:
                proven = len(text) <= MAX_TEXT or _explodes(counts)
                return Attack(prefix, pump, times, suffix, MAX_STEPS) if proven else None
            counts.append(steps)
        if not _explodes(counts):
            return None
        return Attack(prefix, pump, len(counts), suffix, counts[-1])

    def _steps(self, text: str) -> int:
        """The steps of a search, whether it matches or not; at most MAX_STEPS + 1."""
        matcher = Matcher(text, alphabet=self._alphabet, limit=MAX_STEPS)
        with suppress(OutOfStepsError):
            matcher.search(self._program)
        self._spent += matcher.steps
        self._effort.steps += matcher.steps
        return matcher.steps


def _explodes(counts: list[int]) -> bool:
    """Whether the steps multiply with each pump, at a rate that does not fall."""
    if len(counts) < _MIN_PUMPS:
        return False
    earlier, before, last = counts[-3:]
    growth = last / before
    return growth >= _MIN_GROWTH and growth >= before / earlier * _MIN_STEADINESS
