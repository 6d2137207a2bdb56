"""Several automata walked together, breadth first: what all texts lead to.

A node is a tuple of states, one of each automaton. If the walk is complete, every text leads to one
of its nodes, or beyond one that is settled: so what holds at all nodes is proven.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reconciler.patterns.alphabet import Alphabet
from reconciler.patterns.components import Component, OutOfStepsError

MAX_NODES = 1_000
NOWHERE = -1

Node = tuple[int, ...]


@dataclass(frozen=True)
class Graph:
    """`nodes[0]` is the start, and `edges[node][letter]` where a character of this class leads;
    NOWHERE, if that was not followed."""

    nodes: list[Node]
    edges: list[list[int]]
    is_complete: bool

    def leading_to(self, targets: Iterable[int]) -> set[int]:
        """The nodes from which one of the targets is reached, the targets included."""
        before: dict[int, set[int]] = {}
        for node, row in enumerate(self.edges):
            for target in row:
                before.setdefault(target, set()).add(node)
        found = set(targets)
        waiting = list(found)
        while waiting:
            for node in before.get(waiting.pop(), ()):
                if node not in found:
                    found.add(node)
                    waiting.append(node)
        return found


def explored(
    components: list[Component],
    alphabet: Alphabet,
    *,
    going_on: Callable[[Node], int],
    is_settled: Callable[[Node], bool],
    is_found: Callable[[Node], bool] = lambda _: False,
) -> Graph:
    """The graph, from which settled nodes are not followed, and others only by the characters in
    the mask `going_on`. Those beyond ASCII are tried where those of ASCII lead nowhere new. It is
    incomplete if it has MAX_NODES nodes, if the steps are used up, or if a node is found: then the
    walk ends there."""
    walk = _Walk(components, alphabet)
    try:
        is_complete = walk.to_the_end(going_on, is_settled, is_found)
    except OutOfStepsError:
        is_complete = False
    return Graph(walk.nodes, walk.edges, is_complete=is_complete)


class _Walk:
    def __init__(self, components: list[Component], alphabet: Alphabet) -> None:
        self._components = components
        letters = range(len(alphabet.samples))
        alike: dict[tuple[int, ...], list[int]] = {}
        for letter in letters:
            alike.setdefault(tuple([each.kinds[letter] for each in components]), []).append(letter)
        groups = [(group, sum(1 << letter for letter in group)) for group in alike.values()]
        self._ascii = [each for each in groups if each[0][0] < alphabet.ascii_classes]
        self._beyond = [each for each in groups if each[0][0] >= alphabet.ascii_classes]
        self.nodes: list[Node] = [tuple(each.start for each in components)]
        self.edges: list[list[int]] = [[NOWHERE] * len(letters)]
        self._numbers = {self.nodes[0]: 0}

    def to_the_end(
        self,
        going_on: Callable[[Node], int],
        is_settled: Callable[[Node], bool],
        is_found: Callable[[Node], bool],
    ) -> bool:
        """Whether every node has been followed."""
        near, far = deque([0]), deque([0])
        while near or far:
            groups, waiting = (self._ascii, near) if near else (self._beyond, far)
            number = waiting.popleft()
            mask = going_on(self.nodes[number])
            row = self.edges[number]
            for group, members in groups:
                if not mask & members:
                    continue
                known = len(self.nodes)
                target = self._after(number, group[0])
                for letter in group:
                    row[letter] = target
                if target < known:
                    continue
                if is_found(self.nodes[target]) or known >= MAX_NODES:
                    return False
                if not is_settled(self.nodes[target]):
                    near.append(target)
                    far.append(target)
        return True

    def _after(self, number: int, letter: int) -> int:
        states = zip(self._components, self.nodes[number], strict=True)
        node = tuple([each.step(state, letter) for each, state in states])
        if node not in self._numbers:
            self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
            self.edges.append([NOWHERE] * len(self.edges[0]))
        return self._numbers[node]
