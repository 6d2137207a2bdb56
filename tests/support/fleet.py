"""A fleet whose targets end as a test says, and the ports of its controller."""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from reconciler.adapters.ledger.lines import Lines
from reconciler.errors import Interrupted, LedgerError
from reconciler.model.fleet import Fleet, Target
from reconciler.model.fleet_event import FleetEvent
from reconciler.model.fleet_run import TargetResult, TargetStatus, Task
from reconciler.model.ledger import Entry
from reconciler.ports import Clock, Unshared
from tests.support.clock import VirtualClock

MINUTE = 60.0


def target(name: str, **fields: Any) -> Target:
    """A target of this name, such as `acme/production`."""
    tenant, _, environment = name.partition("/")
    given = {"slots": "slots", "credentials": f"{tenant}-{environment}", **fields}
    return Target(tenant=tenant, environment=environment or "production", **given)


def fleet_of(*names: str, **fields: Any) -> Fleet:
    """A fleet of targets with these names."""
    return Fleet(targets=tuple(target(each) for each in names), **fields)


class ScriptedDispatcher:
    """`ports.Dispatcher`: each task takes a minute and ends as `ends` says for its target, one
    status for each time that it is begun; without one, it is verified. At most `parallel` are
    begun; the others can be withdrawn. The clock of whoever works is `ahead`."""

    def __init__(
        self,
        clock: VirtualClock,
        *,
        ends: Mapping[str, Sequence[TargetStatus]] | None = None,
        rejected: Mapping[str, tuple[str, ...]] | None = None,
        parallel: int = 1000,
        repeats: bool = False,
        ahead: timedelta = timedelta(),
    ) -> None:
        self._clock = clock
        self._ends = {name: deque(statuses) for name, statuses in (ends or {}).items()}
        self._rejected = rejected or {}
        self._parallel = parallel
        self._repeats = repeats
        self._queue: deque[Task] = deque()
        self.begun: list[Task] = []
        self.interrupt_after: int | None = None
        self.interrupt_submitting: str | None = None
        self.interrupt_withdrawing = False
        self.is_stopped = False
        self._ahead = ahead

    def submit(self, task: Task) -> None:
        if task.target == self.interrupt_submitting:
            raise Interrupted
        self._queue.append(task)

    def ended(self, *, within: float) -> Sequence[TargetResult]:
        if self.interrupt_after == len(self.begun) and not self.is_stopped:
            raise Interrupted
        if not self._queue:
            self._clock.sleep(within)
            return []
        task = self._queue.popleft()
        self.begun.append(task)
        self._clock.advance(MINUTE)
        result = self._result(task)
        return [result, result] if self._repeats else [result]

    def withdraw(self) -> Sequence[str]:
        if self.interrupt_withdrawing:
            self.interrupt_withdrawing = False
            raise Interrupted
        in_hand = [self._queue.popleft() for _ in range(min(self._parallel, len(self._queue)))]
        names = [each.target for each in self._queue]
        self._queue = deque(in_hand)
        return names

    def stop(self) -> None:
        self.is_stopped = True

    def _result(self, task: Task) -> TargetResult:
        ends = self._ends.get(task.target)
        status = ends.popleft() if ends else TargetStatus.VERIFIED
        if self.is_stopped and status is TargetStatus.VERIFIED:
            status = TargetStatus.INTERRUPTED
        return TargetResult(
            name=task.target,
            action=task.action,
            status=status,
            exit_code=0,
            ended_at=self._clock.now() + self._ahead,
            rejected=self._rejected.get(task.target, ()) if status.value == "rejected" else (),
        )


class Tape(Unshared):
    """`ports.Ledger` in memory, whose lock lives until `expires_at`."""

    def __init__(self, run_id: str, *, clock: Clock, expires_at: float = math.inf) -> None:
        self._lines = Lines([], location="the tape", run_id=run_id, clock=clock)
        self._clock = clock
        self._expires_at = expires_at

    def require(self, seconds: float) -> None:
        if self._clock.monotonic() + seconds > self._expires_at:
            raise LedgerError("The lock on the tape has expired.")

    @property
    def lines(self) -> Sequence[Entry | None]:
        return self._lines.entries

    @property
    def last_hash(self) -> str:
        return self._lines.last_hash

    def append(self, event: str, /, **data: Any) -> None:
        _, entry = self._lines.next(event, data)
        self._lines.grow(entry)

    def of(self, event: str) -> list[Mapping[str, Any]]:
        """The data of what was recorded as this event."""
        return [each.data for each in self._lines.entries if each and each.event == event]


class AskedToHalt:
    """`ports.Halts`: somebody asks once so many targets have begun."""

    def __init__(self, dispatcher: ScriptedDispatcher, *, after: int | None = None) -> None:
        self._dispatcher = dispatcher
        self._after = after

    def ask(self, run_id: str, *, by: str) -> None:
        self._after = 0

    def asked(self, run_id: str) -> str | None:
        if self._after is not None and len(self._dispatcher.begun) >= self._after:
            return "ada"
        return None


class FleetRecorder:
    """`ports.FleetObserver` that remembers the events."""

    def __init__(self) -> None:
        self.events: list[FleetEvent] = []

    def notice(self, event: FleetEvent) -> None:
        self.events.append(event)

    def of(self, *kinds: type[FleetEvent]) -> list[FleetEvent]:
        return [each for each in self.events if isinstance(each, kinds)]


def counted(results: Iterable[TargetResult]) -> Counter[TargetStatus]:
    """How many ended in which way."""
    return Counter(each.status for each in results)
