"""Invariants 2 and 3: the order of the writes, and their pace."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from reconciler.model.state import DesiredState
from tests.simulation.ledger_view import Intention
from tests.simulation.tenant import ModelTenant
from tests.simulation.trace import Violation
from tests.support.clock import VirtualClock

WINDOW_SECONDS = 60.0


class Order:
    """2: a slot is stored only when all its dependencies are in their desired state and have been
    judged."""

    def __init__(self, desired: DesiredState, tenant: ModelTenant) -> None:
        self._desired = desired
        self._tenant = tenant

    def begin(self, desired: DesiredState) -> None:
        """A new process, which has read these files."""
        self._desired = desired

    def check(self, change: Intention, *, open_changes: dict[str, Intention]) -> None:
        """Check the dependencies before a slot is sent. Raises Violation."""
        for used in self._all_used(change.slot_id):
            if used in open_changes:
                raise Violation(
                    2, f"{change.slot_id} is stored, but its dependency {used} is not judged"
                )
            if self._tenant.is_foreign(used, since=change.planned_at):
                continue
            if not self._tenant.is_as_desired(self._desired[used]):
                raise Violation(
                    2, f"{change.slot_id} is stored, but its dependency {used} is not as desired"
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
