"""Invariant 1 over version 1: what depends on what, among the live slots."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.simulation.ledger_view import Intention
from tests.simulation.scenario import Content
from tests.simulation.tenant import ModelTenant
from tests.simulation.trace import Violation


class Graph:
    """1: our writes leave no live slot naming a missing one and close no cycle, unless a foreign
    edit since the plan caused it. A rollback may restore a fault that was there before any change
    of its plan: the changes of a wave are rolled back together."""

    def __init__(self, tenant: ModelTenant) -> None:
        self._tenant = tenant
        self._found: dict[int, set[_Fault]] = {}

    def check(self, change: Intention) -> None:
        """Check the graph after the write of this change. Raises Violation."""
        edges = {slot_id: _used(each.content) for slot_id, each in self._tenant.slots.items()}
        replaced = self._tenant.replaced
        before = _faults(_with(edges, change.slot_id, replaced.content if replaced else None))
        found = self._found.setdefault(change.planned_at, set())
        if change.rolling_back:
            before |= found
        else:
            found |= before | _faults(_with(edges, change.slot_id, change.before))
        for fault in _faults(edges):
            # A cycle that was part of a larger one was not closed by this write.
            if change.slot_id not in fault.slots or any(fault.slots <= b.slots for b in before):
                continue
            since = change.planned_at
            if not any(self._tenant.is_foreign(each, since=since) for each in fault.slots):
                raise Violation(1, f"{change.slot_id} was written, and {fault}")


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a graph, and which slots it concerns."""

    what: str
    slots: frozenset[str]

    def __str__(self) -> str:
        return f"{', '.join(sorted(self.slots))}: {self.what}"


def _faults(edges: Mapping[str, Collection[str]]) -> set[_Fault]:
    found = {
        _Fault(f"{slot_id} names the missing {used}", frozenset({slot_id, used}))
        for slot_id, all_used in edges.items()
        for used in all_used
        if used not in edges
    }
    reach = {slot_id: _reach(edges, slot_id) for slot_id in edges}
    found.update(
        _Fault("a cycle", frozenset(each for each in reach[slot_id] if slot_id in reach[each]))
        for slot_id in edges
        if slot_id in reach[slot_id]
    )
    return found


def _used(content: Content) -> Collection[str]:
    return content[-1] if content else ()


def _with(
    edges: Mapping[str, Collection[str]], slot_id: str, content: Content
) -> dict[str, Collection[str]]:
    """The graph with this slot like this, or without it."""
    others = {each: used for each, used in edges.items() if each != slot_id}
    return {**others, slot_id: _used(content)} if content else others


def _reach(edges: Mapping[str, Collection[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [each for each in edges[start] if each in edges]
    while waiting:
        slot_id = waiting.pop()
        if slot_id not in seen:
            seen.add(slot_id)
            waiting.extend(each for each in edges[slot_id] if each in edges)
    return seen
