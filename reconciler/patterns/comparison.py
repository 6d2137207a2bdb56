"""Two takers compared: the texts that only one of them takes, or finds something in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.characters import Dialect
from reconciler.patterns.components import DEAD, Component, OutOfStepsError
from reconciler.patterns.walk import Graph, Node, explored
from reconciler.patterns.world import Choice, Criterion, Taker, World

MAX_OUTLINES = 50_000
"""Pairs of patterns that are compared by their first characters, for one pair of takers."""


@dataclass(frozen=True)
class Texts:
    """The texts that lead from the start of the graph to one of `targets`."""

    graph: Graph
    targets: frozenset[int]
    alphabet: Alphabet

    @cached_property
    def useful(self) -> set[int]:
        """The nodes that such a text passes."""
        return self.graph.leading_to(self.targets)

    def __bool__(self) -> bool:
        return bool(self.targets)


class Question:
    """What tells two criteria apart."""

    def __init__(self, former: Criterion, latter: Criterion, *, alphabet: Alphabet) -> None:
        self._former, self._latter = former, latter
        self.alphabet = alphabet
        self.components: list[Component] = list(
            dict.fromkeys((*former.components, *latter.components))
        )
        shared = set(former.components) & set(latter.components)
        is_ordered = bool(former.before or latter.before)
        self._deciding = [
            number
            for number, each in enumerate(self.components)
            if (each in former.any_of or each in latter.any_of)
            and (is_ordered or each not in shared)
        ]

    def sides(self, node: Node) -> tuple[bool, bool]:
        """Whether each of the two accepts a text that leads to this node."""
        states = dict(zip(self.components, node, strict=True))
        return self._former.accepts(states), self._latter.accepts(states)

    def sides_of(self, text: str) -> tuple[bool, bool] | None:
        """Whether each of the two accepts the text; None if it is not of one line, or the steps
        are used up."""
        letters = self.alphabet.classes_of(text)
        if letters is None:
            return None
        node = tuple(each.start for each in self.components)
        try:
            for letter in letters:
                states = zip(self.components, node, strict=True)
                node = tuple(each.step(state, letter) for each, state in states)
            return self.sides(node)
        except OutOfStepsError:
            return None

    def explored(self, *, is_found: Callable[[bool, bool], bool] | None = None) -> Graph:
        """All nodes where the two may differ; or those up to a text of which `is_found` holds."""
        return explored(
            self.components,
            self.alphabet,
            going_on=self._going_on,
            is_settled=self._is_settled,
            is_found=(lambda node: is_found(*self.sides(node))) if is_found else lambda _: False,
        )

    def _going_on(self, node: Node) -> int:
        """The characters that do not settle it."""
        mask = 0
        for number in self._deciding:
            mask |= self.components[number].going_on(node[number])
        return mask

    def _is_settled(self, node: Node) -> bool:
        if all(node[number] == DEAD for number in self._deciding):
            return True
        states = dict(zip(self.components, node, strict=True))
        return self._former.is_certain(states) and self._latter.is_certain(states)


@dataclass(frozen=True)
class Difference:
    """`former` are the texts that only the former accepts, `latter` those that only the latter
    does. If it is complete there are no others."""

    question: Question
    former: Texts
    latter: Texts
    is_complete: bool

    @property
    def is_none(self) -> bool:
        """Whether it is proven that there is none."""
        return self.is_complete and not self.former and not self.latter


def taken_apart(former: Taker, latter: Taker, world: World) -> Difference:
    """The texts that only one of the two takes. Raises NotModelledError."""
    return _difference(world.takes(former), world.takes(latter), world)


def found_apart(former: Taker, latter: Taker, world: World) -> Difference:
    """The texts in which only one of the two finds something. Raises NotModelledError."""
    return _difference(world.finds(former), world.finds(latter), world)


def found_beyond(taker: Taker, world: World) -> Difference:
    """The texts in which the taker finds something without taking them, as those of the latter.
    Raises NotModelledError."""
    return _difference(world.takes(taker), world.finds(taker), world)


def _difference(former: Criterion, latter: Criterion, world: World) -> Difference:
    question = Question(former, latter, alphabet=world.alphabet)
    graph = question.explored()
    only_former, only_latter = set[int](), set[int]()
    is_complete = graph.is_complete
    try:
        for number, node in enumerate(graph.nodes[1:], start=1):  # the first is the empty text
            before, after = question.sides(node)
            if before and not after:
                only_former.add(number)
            elif after and not before:
                only_latter.add(number)
    except OutOfStepsError:
        is_complete = False
    return Difference(
        question,
        Texts(graph, frozenset(only_former), world.alphabet),
        Texts(graph, frozenset(only_latter), world.alphabet),
        is_complete=is_complete,
    )


@dataclass(frozen=True)
class Common:
    """The shortest text that two takers both take, if there is one. If it `is_decided` and there is
    none, they have none in common."""

    question: Question
    texts: Texts
    is_decided: bool


def begin_alike(first: Criterion, second: Criterion) -> bool:
    """Whether a text that one of the two accepts may begin like one that the other accepts."""
    outlines, others = first.outlines, second.outlines
    if len(outlines) * len(others) > MAX_OUTLINES:
        return True
    return not all(each.is_apart_from(other) for each in outlines for other in others)


def taken_by_both(first: Taker, second: Taker, world: World) -> Common:
    """What the two have in common. Raises NotModelledError."""
    sides = world.takes(first), world.takes(second)
    question = Question(*sides, alphabet=world.alphabet)

    def is_settled(node: Node) -> bool:
        states = dict(zip(question.components, node, strict=True))
        return any(side.is_hopeless(states) for side in sides)

    def is_found(node: Node) -> bool:
        return all(question.sides(node))

    def going_on(node: Node) -> int:
        states = dict(zip(question.components, node, strict=True))
        return sides[0].going_on(states) & sides[1].going_on(states)

    graph = explored(
        question.components,
        world.alphabet,
        going_on=going_on,
        is_settled=is_settled,
        is_found=is_found,
    )
    last = len(graph.nodes) - 1
    has_one = not graph.is_complete and last > 0 and _accepts(is_found, graph.nodes[last])
    found = Texts(graph, frozenset({last} if has_one else ()), world.alphabet)
    return Common(question, found, is_decided=graph.is_complete or has_one)


def _accepts(is_found: Callable[[Node], bool], node: Node) -> bool:
    try:
        return is_found(node)
    except OutOfStepsError:
        return False


def only_latter_takes_all(pattern: str, former: Taker, latter: Taker, *, dialect: Dialect) -> bool:
    """Whether it is proven that the latter takes all texts of the pattern, and the former none.
    Raises NotModelledError."""
    subject = Taker((pattern,), Choice.WHOLE)
    world = World((subject, former, latter), dialect=dialect)
    every = world.takes(subject)
    question = Question(world.takes(former), world.takes(latter), alphabet=world.alphabet)
    size = len(every.any_of)

    def is_counterexample(node: Node) -> bool:
        is_subject = any(
            each.accepts(state) for each, state in zip(every.any_of, node[:size], strict=True)
        )
        return is_subject and question.sides(node[size:]) != (False, True)

    graph = explored(
        [*every.any_of, *question.components],
        world.alphabet,
        going_on=lambda node: every.going_on(dict(zip(every.any_of, node, strict=False))),
        is_settled=lambda node: all(state == DEAD for state in node[:size]),
        is_found=is_counterexample,
    )
    return graph.is_complete and not world.refused & {pattern}
