"""Takers and their automata: all patterns of a question over one alphabet.

A taker is a list of patterns with a way to choose among their matches. It *takes* a text if it
extracts all of it, given the text alone, and *finds* something in a text if it extracts anything
from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.backtracking import Effort
from reconciler.patterns.characters import Dialect
from reconciler.patterns.components import DEAD, FOUND, Component, Mode
from reconciler.patterns.modelled import (
    NotModelledError,
    RefusedError,
    is_anchored,
    is_closed,
    modelled,
    prefers_alike,
)
from reconciler.patterns.outline import Outline
from reconciler.patterns.program import Program, TooLargeError, compiled
from reconciler.patterns.syntax import Node, distinguished, nullable
from reconciler.patterns.typical import typical


class Choice(Enum):
    """LONGEST takes the longest of the matches that the patterns prefer; FIRST that of the first
    pattern that matches anywhere; WHOLE needs a match of all of the text, by any pattern."""

    LONGEST = "longest"
    FIRST = "first"
    WHOLE = "whole"


@dataclass(frozen=True)
class Taker:
    """`ignores_empty` says that an empty match counts as none."""

    patterns: tuple[str, ...]
    choice: Choice = Choice.LONGEST
    ignore_case: bool = False
    ignores_empty: bool = False


def check_modelled(taker: Taker, *, dialect: Dialect) -> None:
    """Raises NotModelledError if the language of one of its patterns is not known."""
    for pattern in taker.patterns:
        with suppress(RefusedError):
            modelled(pattern, dialect=dialect, ignore_case=taker.ignore_case)


class World:
    """The automata of some takers, built when they are asked for.

    Raises NotModelledError if there is a pattern whose language is not known.
    """

    def __init__(
        self, takers: Iterable[Taker], *, dialect: Dialect, effort: Effort | None = None
    ) -> None:
        self.effort = effort or Effort()
        self.dialect = dialect
        self._trees: dict[tuple[str, bool], Node] = {}
        self.refused: set[str] = set()
        """Patterns that the dialect refuses, so that they take nothing."""
        for taker in takers:
            for number, pattern in enumerate(taker.patterns, start=1):
                self._read(pattern, number, ignore_case=taker.ignore_case)
        sets = [each for tree in self._trees.values() for each in distinguished(tree)]
        self.alphabet = Alphabet.of_lines(sets, dialect=dialect)
        if dialect is Dialect.ECMASCRIPT and not self.alphabet.stands_for_halves:
            raise NotModelledError("characters beyond U+FFFF are two to JavaScript")
        self._takes: dict[Taker, Criterion] = {}
        self._programs: dict[tuple[str, bool], Program] = {}
        self._components: dict[tuple[str, bool, Mode], Component] = {}

    def _read(self, pattern: str, number: int, *, ignore_case: bool) -> None:
        key = (pattern, ignore_case)
        if key in self._trees:
            return
        try:
            self._trees[key] = modelled(pattern, dialect=self.dialect, ignore_case=ignore_case)
        except RefusedError:
            self.refused.add(pattern)
        except NotModelledError as error:
            raise NotModelledError(f"{error} (pattern {number})") from None

    def takes(self, taker: Taker) -> Criterion:
        """What decides whether the taker takes a text."""
        if taker not in self._takes:
            self._takes[taker] = self._taking(taker)
        return self._takes[taker]

    def _taking(self, taker: Taker) -> Criterion:
        patterns = self._accepted(taker)
        wanted = Mode.WHOLE if taker.choice is Choice.WHOLE else Mode.FIRST
        taking = [self._component(each, taker, mode=wanted) for each in patterns]
        if taker.choice is Choice.FIRST and len(taking) > 1:
            finding = [self._component(each, taker, mode=Mode.FOUND) for each in patterns]
            return Criterion(tuple(taking), before=tuple(finding))
        return Criterion(tuple(taking))

    def finds(self, taker: Taker) -> Criterion:
        """What decides whether the taker finds something in a text."""
        patterns = self._accepted(taker)
        wanted = Mode.WHOLE if taker.choice is Choice.WHOLE else Mode.FOUND
        trees = (self._trees[each, taker.ignore_case] for each in patterns)
        if taker.ignores_empty and any(map(nullable, trees)):
            raise NotModelledError("a match of it can be empty")
        return Criterion(tuple(self._component(each, taker, mode=wanted) for each in patterns))

    def typical(self, taker: Taker) -> list[str]:
        """A typical text of each pattern, unless a condition of it prevents that."""
        trees = (self._trees[each, taker.ignore_case] for each in self._accepted(taker))
        return [text for tree in trees if (text := typical(tree))]

    def _accepted(self, taker: Taker) -> list[str]:
        distinct = dict.fromkeys(taker.patterns)
        return [each for each in distinct if each not in self.refused]

    def _component(self, pattern: str, taker: Taker, *, mode: Mode) -> Component:
        key = (pattern, taker.ignore_case)
        tree = self._trees[key]
        if is_closed(tree) and (mode is Mode.FIRST or is_anchored(tree)):
            mode = Mode.WHOLE  # every match ends there, whichever is preferred
        if mode is Mode.FIRST and not prefers_alike(tree):
            number = taker.patterns.index(pattern) + 1
            raise NotModelledError(f"it repeats what can be empty (pattern {number})")
        if (*key, mode) not in self._components:
            if key not in self._programs:
                self._programs[key] = self._compiled(tree)
            self._components[(*key, mode)] = Component(
                self._programs[key], self.alphabet, mode=mode, effort=self.effort
            )
        return self._components[(*key, mode)]

    def _compiled(self, tree: Node) -> Program:
        try:
            return compiled(tree, self.alphabet)
        except TooLargeError:
            raise NotModelledError("its counts are too large") from None


@dataclass(frozen=True)
class Criterion:
    """Accepts a text if one of the automata in `any_of` does. With `before`, an automaton for each
    of those, it is the first whose partner in `before` accepts the text that decides."""

    any_of: tuple[Component, ...]
    before: tuple[Component, ...] = ()

    def accepts(self, states: dict[Component, int]) -> bool:
        """Whether a text is accepted that leads to these states."""
        if not self.before:
            return any(each.accepts(states[each]) for each in self.any_of)
        for finding, taking in zip(self.before, self.any_of, strict=True):
            if finding.accepts(states[finding]):
                return taking.accepts(states[taking])
        return False

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """What the texts that it accepts begin with; each has one of these outlines."""
        return tuple(map(Outline, self.any_of))

    @property
    def components(self) -> tuple[Component, ...]:
        """All of its automata."""
        return (*self.any_of, *self.before)

    def is_certain(self, states: dict[Component, int]) -> bool:
        """Whether every longer text is accepted, too."""
        return not self.before and any(states[each] == FOUND for each in self.any_of)

    def going_on(self, states: dict[Component, int]) -> int:
        """The characters that leave it hope, as a mask; it may have others as well."""
        mask = 0
        for each in self.any_of:
            mask |= each.going_on(states[each])
        return mask

    def is_hopeless(self, states: dict[Component, int]) -> bool:
        """Whether no longer text is accepted."""
        return all(states[each] == DEAD for each in self.any_of)
