"""Of the texts that lead to some nodes of a graph, the one that tells a reader most.

That is the one nearest to a text that the reader knows, by insertions, deletions and replacements
of characters: `anna.berg@webmail.examp.le` says more than `1@..ab`.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from reconciler.patterns.comparison import Texts
from reconciler.patterns.typical import Writer
from reconciler.patterns.walk import NOWHERE

MAX_PLACES = 4_000
"""Pairs of a node and a place in the known text that are looked at for one known text."""
MAX_KNOWN = 4
_LONGEST = 60
_EDIT = 20
_INSERTED = 2
"""An insertion costs more than a replacement: the known text had no such character."""
_AT_AN_EDGE = 5
"""And even more at an edge of the text, or beside punctuation."""
_BEYOND_ASCII = 1_000

_Place = tuple[int, int]


def most_telling(texts: Texts, known: Iterable[str]) -> str | None:
    """The text nearest to any of the first MAX_KNOWN known ones, or else the shortest one; None if
    there is none, or none is found within MAX_PLACES."""
    if not texts:
        return None
    short = [each for each in dict.fromkeys(known) if len(each) <= _LONGEST][:MAX_KNOWN]
    best: tuple[int, str] | None = None
    for each in short:
        found = nearest(texts, each)
        if found is not None and (best is None or found[0] < best[0]):
            best = found
    best = best or nearest(texts, "")
    return best[1] if best else None


def nearest(texts: Texts, known: str) -> tuple[int, str] | None:
    """The cheapest text, with its cost: 0 if it is the known one. None if it takes too long."""
    search = _Search(texts, known)
    end = search.cheapest()
    return None if end is None else (end[0], search.written(end[1]))


class _Search:
    """Dijkstra's algorithm over nodes of the graph and places in the known text."""

    def __init__(self, texts: Texts, known: str) -> None:
        self._texts = texts
        self._known = known
        self._letters = [texts.alphabet.class_of(each) for each in known]
        self._costs = [_cost(sample) for sample in texts.alphabet.samples]
        self._came_from: dict[_Place, tuple[_Place, int | str | None]] = {}

    def cheapest(self) -> tuple[int, _Place] | None:
        start: _Place = (0, 0)
        waiting: list[tuple[int, int, _Place, _Place, int | str | None]] = [
            (0, 0, start, start, None)
        ]
        count = 0
        while waiting and len(self._came_from) < MAX_PLACES:
            cost, _, here, before, written = heapq.heappop(waiting)
            if here in self._came_from:
                continue
            self._came_from[here] = (before, written)
            node, at = here
            if node in self._texts.targets and at == len(self._known):
                return cost, here
            for added, there, character in self._steps(node, at):
                if there not in self._came_from:
                    count += 1
                    heapq.heappush(waiting, (cost + added, count, there, here, character))
        return None

    def _steps(self, node: int, at: int) -> Iterator[tuple[int, _Place, int | str | None]]:
        is_inside = at < len(self._known)
        if is_inside:
            yield _EDIT, (node, at + 1), None
        inserting = _EDIT + _INSERTED + (_AT_AN_EDGE if self._is_at_an_edge(at) else 0)
        for letter, target in enumerate(self._texts.graph.edges[node]):
            if target == NOWHERE or target not in self._texts.useful:
                continue
            extra = self._costs[letter]
            if is_inside and letter == self._letters[at]:
                yield 0, (target, at + 1), self._known[at]
            elif is_inside:
                yield _EDIT + extra, (target, at + 1), letter
            yield inserting + extra, (target, at), letter

    def _is_at_an_edge(self, at: int) -> bool:
        around = self._known[max(at - 1, 0) : at + 1]
        return len(around) < len("ab") or not around.isalnum()

    def written(self, end: _Place) -> str:
        """The text that leads to this place."""
        path: list[int | str] = []
        while end != (0, 0):
            end, written = self._came_from[end]
            if written is not None:
                path.append(written)
        writer, alphabet = Writer(), self._texts.alphabet
        return "".join(
            writer.after(each)
            if isinstance(each, str)
            else writer.next_of(alphabet.members[each], otherwise=alphabet.samples[each])
            for each in reversed(path)
        )


def _cost(sample: str) -> int:
    if not sample.isascii():
        return _BEYOND_ASCII
    if sample.isalnum():
        return 0
    return 1 if sample.isprintable() and sample != " " else 2
