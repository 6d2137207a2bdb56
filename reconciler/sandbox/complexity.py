r"""Is a pattern too complex to train? Decided from its structure, never by a stopwatch.

A backtracking engine needs exponential time where a loop can read the same text in two ways:
`(a+)+`, `(a|aa)+`, `(\\d+ ?)+`. In the pattern's position automaton (one state for each place in
the pattern that takes a character) that is a loop which returns to its state by two different
paths over the same characters. Such a pattern is too complex; `(\\.\\w+)*` is not, because a dot
tells where each round begins. The same automaton says which characters a match can begin and
end with, which lets training skip most candidates unread.

Too complex, too, is a pattern that is huge once its counted repetitions are written out: the
engine does just that, and `(){99999999}` takes it all the memory there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from reconciler.sandbox.syntax import Characters, Choice, Empty, Node, Repeat, Sequence, parse, size

_MAX_SIZE = 2000
# Counted repetitions are written out as copies, up to this many in one pattern; what is left of
# them then is treated as a loop without bound.
_MAX_COPIES = 160

State = TypeVar("State", bound=Hashable)


@dataclass(frozen=True)
class Shape:
    """What the structure tells: `first` and `last` are the characters a match can begin and end
    with, None where it can be empty."""

    too_complex: bool
    first: frozenset[str] | None
    last: frozenset[str] | None


def shape(pattern: str, *, ignore_case: bool = False) -> Shape:
    """Analyse a pattern; raises `ValueError` for syntax that is not known here."""
    tree = parse(pattern, ignore_case=ignore_case)
    if size(tree) > _MAX_SIZE:
        return Shape(too_complex=True, first=None, last=None)
    automaton = _Automaton()
    part = automaton.build(tree)
    return Shape(
        too_complex=automaton.is_ambiguous(),
        first=None if part.nullable else automaton.union(part.first),
        last=None if part.nullable else automaton.union(part.last),
    )


@dataclass(frozen=True)
class _Part:
    nullable: bool
    first: frozenset[int]
    last: frozenset[int]


_NOTHING = _Part(nullable=True, first=frozenset(), last=frozenset())


class _Automaton:
    """Glushkov's position automaton; it counts the ways in which one position follows another."""

    def __init__(self) -> None:
        self._members: list[frozenset[str]] = []
        self._ways: Counter[tuple[int, int]] = Counter()
        self._copies = 0

    def union(self, positions: Iterable[int]) -> frozenset[str]:
        return frozenset().union(*(self._members[position] for position in positions))

    def build(self, node: Node) -> _Part:
        if isinstance(node, Empty):
            return _NOTHING
        if isinstance(node, Characters):
            self._members.append(node.members)
            position = frozenset({len(self._members) - 1})
            return _Part(nullable=False, first=position, last=position)
        if isinstance(node, Choice):
            parts = [self.build(branch) for branch in node.branches]
            return _Part(
                nullable=any(part.nullable for part in parts),
                first=frozenset().union(*(part.first for part in parts)),
                last=frozenset().union(*(part.last for part in parts)),
            )
        if isinstance(node, Sequence):
            whole = _NOTHING
            for item in node.items:
                whole = self._joined(whole, self.build(item))
            return whole
        return self._repeated(node)

    def _repeated(self, node: Repeat) -> _Part:
        copies = node.least if node.most is None else node.most
        part = _NOTHING
        for number in range(1, copies + 1):
            self._copies += 1
            if self._copies > _MAX_COPIES:
                return self._joined(part, self._loop(node.item, optional=True))
            copy = self.build(node.item)
            if number > node.least:
                copy = _Part(nullable=True, first=copy.first, last=copy.last)
            part = self._joined(part, copy)
        if node.most is not None:
            return part
        if node.least == 1:
            # `x+` is one loop, not `xx*`: fewer positions for the commonest case.
            return self._looped(part)
        return self._joined(part, self._loop(node.item, optional=True))

    def _loop(self, item: Node, *, optional: bool) -> _Part:
        looped = self._looped(self.build(item))
        return _Part(looped.nullable or optional, looped.first, looped.last)

    def _looped(self, part: _Part) -> _Part:
        self._follow(part.last, part.first)
        return part

    def _joined(self, left: _Part, right: _Part) -> _Part:
        self._follow(left.last, right.first)
        return _Part(
            nullable=left.nullable and right.nullable,
            first=left.first | right.first if left.nullable else left.first,
            last=left.last | right.last if right.nullable else right.last,
        )

    def _follow(self, before: Iterable[int], after: frozenset[int]) -> None:
        self._ways.update((one, other) for one in before for other in after)

    def is_ambiguous(self) -> bool:
        """Whether some loop can read the same text in two ways."""
        follow: dict[int, list[int]] = {}
        for one, other in self._ways:
            follow.setdefault(one, []).append(other)
        loops = _components(range(len(self._members)), lambda at: follow.get(at, []))
        return any(self._loop_is_ambiguous(loop, follow) for loop in loops)

    def _loop_is_ambiguous(self, loop: frozenset[int], follow: dict[int, list[int]]) -> bool:
        inside = {at: [other for other in follow.get(at, []) if other in loop] for at in loop}
        if any(self._ways[at, other] > 1 for at in loop for other in inside[at]):
            return True

        def both(pair: tuple[int, int]) -> list[tuple[int, int]]:
            return [
                (one, other)
                for one in inside[pair[0]]
                for other in inside[pair[1]]
                if self._members[one] & self._members[other]
            ]

        pairs = _components([(at, at) for at in sorted(loop)], both)
        return any(
            any(one == other for one, other in component)
            and any(one != other for one, other in component)
            for component in pairs
        )


def _components(
    roots: Iterable[State], successors: Callable[[State], list[State]]
) -> list[frozenset[State]]:
    """The strongly connected components reachable from `roots` (Tarjan, without recursion)."""
    index: dict[State, int] = {}
    lowest: dict[State, int] = {}
    stack: list[State] = []
    on_stack: set[State] = set()
    found: list[frozenset[State]] = []
    for root in roots:
        if root in index:
            continue
        path = [(root, iter(successors(root)))]
        index[root] = lowest[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while path:
            state, rest = path[-1]
            for other in rest:
                if other not in index:
                    index[other] = lowest[other] = len(index)
                    stack.append(other)
                    on_stack.add(other)
                    path.append((other, iter(successors(other))))
                    break
                if other in on_stack:
                    lowest[state] = min(lowest[state], index[other])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[state])
                if lowest[state] == index[state]:
                    cut = stack.index(state)
                    found.append(frozenset(stack[cut:]))
                    on_stack.difference_update(stack[cut:])
                    del stack[cut:]
    return found
