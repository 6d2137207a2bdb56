"""Invariants 1 to 3: the live graph, the order of the writes, and their pace."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.state import DesiredState
from tests.simulation.ledger_view import Intention
from tests.simulation.tenant import OTHERS, ModelTenant, Version, canonical, content_of
from tests.simulation.trace import Violation
from tests.support.clock import VirtualClock

WINDOW_SECONDS = 60.0


class Graph:
    """1: our writes leave no live slot naming a missing one and close no cycle, unless a foreign
    edit since the plan caused it. A rollback may restore a fault that was there before any change
    of its plan: the changes of a wave are rolled back together."""

    def __init__(self, tenant: ModelTenant) -> None:
        self._tenant = tenant
        self._found: dict[int, set[_Fault]] = {}

    def check(self, change: Intention) -> None:
        """Check the graph after the write of this change. Raises Violation."""
        edges: dict[str, Collection[str]] = {
            slot_id: version.document["dependencies"]
            for slot_id, version in self._tenant.slots.items()
        }
        replaced = self._tenant.replaced
        before = _faults(_with(edges, change.slot_id, replaced.document if replaced else None))
        found = self._found.setdefault(change.planned_at, set())
        if change.rolling_back:
            before |= found
        else:
            found |= before | _faults(_with(edges, change.slot_id, change.before))
        for fault in _faults(edges):
            # A cycle that was part of a larger one was not closed by this write.
            if change.slot_id not in fault.slots or any(fault.slots <= b.slots for b in before):
                continue
            versions = map(self._tenant.version, fault.slots)
            if not any(_is_foreign(each, since=change.planned_at) for each in versions):
                raise Violation(1, f"{change.slot_id} was written, and {fault}")


@dataclass(frozen=True)
class _Fault:
    """What is wrong with a graph, and which slots it concerns."""

    what: str
    slots: frozenset[str]

    def __str__(self) -> str:
        return f"{', '.join(sorted(self.slots))}: {self.what}"


def _is_foreign(version: Version | None, *, since: int) -> bool:
    """Whether someone else has written or deleted the slot since the plan's listing."""
    return version is not None and version.author == OTHERS and version.moment > since


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


def _with(
    edges: Mapping[str, Collection[str]], slot_id: str, document: Mapping[str, Any] | None
) -> dict[str, Collection[str]]:
    """The graph with this slot as in the document, or without it if there is none."""
    others = {each: used for each, used in edges.items() if each != slot_id}
    return {**others, slot_id: document["dependencies"]} if document else others


def _reach(edges: Mapping[str, Collection[str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = [each for each in edges[start] if each in edges]
    while waiting:
        slot_id = waiting.pop()
        if slot_id not in seen:
            seen.add(slot_id)
            waiting.extend(each for each in edges[slot_id] if each in edges)
    return seen


class Order:
    """2: a slot is PUT only when all its dependencies are in their desired state and have been
    judged."""

    def __init__(self, desired: DesiredState, tenant: ModelTenant) -> None:
        self._desired = desired
        self._tenant = tenant

    def begin(self, desired: DesiredState) -> None:
        """A new process, which has read these files."""
        self._desired = desired

    def check(self, change: Intention, *, open_changes: dict[str, Intention]) -> None:
        """Check the dependencies before the PUT is sent. Raises Violation."""
        for used in self._all_used(change.slot_id):
            if used in open_changes:
                raise Violation(
                    2, f"{change.slot_id} is PUT, but its dependency {used} is not judged"
                )
            version = self._tenant.version(used)
            if _is_foreign(version, since=change.planned_at):
                continue
            live = canonical(version.document) if version else None
            if live != self._tenant.stored(content_of(self._desired[used].canonical)):
                raise Violation(
                    2,
                    f"{change.slot_id} is PUT, but its dependency {used} is not as desired",
                )

    def _all_used(self, start: str) -> Iterator[str]:
        """Every slot of the files that it depends on, directly or not."""
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            content = self._desired[waiting.pop()].content
            for used in content.dependencies if content else ():
                if used in self._desired and used not in seen:
                    seen.add(used)
                    waiting.append(used)
                    yield used


class Pace:
    """3: one process never sends the tenant more requests than the limit in any 60 s."""

    def __init__(self, limit: int, clock: VirtualClock) -> None:
        self._limit = limit
        self._clock = clock
        self._arrivals: deque[float] = deque()

    def begin(self) -> None:
        """A new process."""
        self._arrivals.clear()

    def check(self) -> None:
        """Count a request that has arrived. Raises Violation."""
        now = self._clock.monotonic()
        self._arrivals.append(now)
        while now - self._arrivals[0] >= WINDOW_SECONDS:
            self._arrivals.popleft()
        if len(self._arrivals) > self._limit:
            raise Violation(
                3, f"{len(self._arrivals)} requests within 60 s, and the limit is {self._limit}"
            )
