"""Dependencies as a graph: waves, order, cycles.

A graph maps each slot id to the ids that it depends on. Ids that are dependencies but not keys are
ignored: whether a dependency may be missing is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

Graph = Mapping[str, Collection[str]]


def find_cycle(graph: Graph) -> list[str] | None:
    """A cycle as a path in which each slot depends on the next, back to the first; or None."""
    try:
        TopologicalSorter(_within(graph)).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        return path[::-1]  # graphlib lists it from the dependency to what depends on it
    return None


def waves(graph: Graph) -> dict[str, int]:
    """The wave of each slot, from 0: all that it depends on is in earlier waves.

    Keys are in the order of execution: by wave, and by id within one. Raises ValueError on a
    cycle.
    """
    sorter = TopologicalSorter(_within(graph))
    try:
        sorter.prepare()
    except CycleError as error:
        raise ValueError("the graph has a cycle") from error
    levels: dict[str, int] = {}
    level = 0
    while sorter.is_active():
        ready = sorter.get_ready()
        levels.update((slot_id, level) for slot_id in sorted(ready))
        sorter.done(*ready)
        level += 1
    return levels


def reversed_graph(graph: Graph) -> dict[str, set[str]]:
    """Each slot with the slots that depend on it."""
    dependents: dict[str, set[str]] = {slot_id: set() for slot_id in graph}
    for slot_id, dependencies in _within(graph).items():
        for dependency in dependencies:
            dependents[dependency].add(slot_id)
    return dependents


def reachable(graph: Graph, start: Iterable[str]) -> set[str]:
    """`start` and everything that it depends on, directly or through others."""
    seen: set[str] = set()
    waiting = [slot_id for slot_id in start if slot_id in graph]
    while waiting:
        slot_id = waiting.pop()
        if slot_id not in seen:
            seen.add(slot_id)
            waiting.extend(each for each in graph[slot_id] if each in graph)
    return seen


def nearest(graph: Graph, start: str, *, among: Collection[str]) -> set[str]:
    """The members of `among` that `start` depends on, directly or through slots outside it."""
    found: set[str] = set()
    seen: set[str] = {start}
    waiting = [each for each in graph.get(start, ()) if each in graph]
    while waiting:
        slot_id = waiting.pop()
        if slot_id in seen:
            continue
        seen.add(slot_id)
        if slot_id in among:
            found.add(slot_id)
        else:
            waiting.extend(each for each in graph[slot_id] if each in graph)
    return found


def without_cycles(graph: Graph, *, wishes: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    """The `wishes`, which are edges like those of `graph`, without those that close a cycle with it
    or with one another. Each one left out would close a cycle. `graph` itself has none.
    """
    firm = _within(graph)
    together = {slot_id: [*firm[slot_id], *wishes.get(slot_id, ())] for slot_id in sorted(graph)}
    edges = {slot_id: set(before) for slot_id, before in _within(together).items()}
    left_out = _breaking(edges, firm=firm)
    for after, before in left_out:
        edges[after].discard(before)
    for after, before in left_out:  # removing another one may have broken its cycle too
        if after not in reachable(edges, [before]):
            edges[after].add(before)
    return {slot_id: edges[slot_id] & set(wishes.get(slot_id, ())) for slot_id in edges}


def _breaking(graph: Graph, *, firm: Graph) -> list[tuple[str, str]]:
    """Edges that break every cycle of the graph when removed; none of them is firm."""
    found: list[tuple[str, str]] = []
    left = {slot_id: set(before) for slot_id, before in graph.items()}
    users = reversed_graph(left)
    ready = [slot_id for slot_id, before in left.items() if not before]
    while left:
        while ready:
            done = ready.pop()
            del left[done]
            for user in users[done]:
                left[user].discard(done)
                if not left[user]:
                    ready.append(user)
        if left:
            edges = pairwise(_round(left))
            after, before = min(each for each in edges if each[1] not in firm[each[0]])
            found.append((after, before))
            users[before].discard(after)
            left[after].discard(before)
            if not left[after]:
                ready.append(after)
    return found


def _round(graph: Graph) -> list[str]:
    """A cycle of a graph in which every slot depends on another, as a path back to its start."""
    path = [next(iter(graph))]
    places = {path[0]: 0}
    while True:
        following = min(graph[path[-1]])
        path.append(following)
        if following in places:
            return path[places[following] :]
        places[following] = len(path) - 1


def _within(graph: Graph) -> dict[str, list[str]]:
    return {
        slot_id: [each for each in dependencies if each in graph]
        for slot_id, dependencies in graph.items()
    }
