"""Who works on the targets of a fleet, and what a controller and its workers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from reconciler.model.fleet_event import FleetEvent
from reconciler.model.fleet_history import Recorded
from reconciler.model.fleet_run import TargetResult, Task


class Dispatcher(Protocol):
    """Hands tasks to threads of this process, or to workers elsewhere.

    A task may be worked on more than once, if a worker dies, but two tasks of one origin never are
    at the same time. Every submitted task ends with one result, unless it is withdrawn.
    """

    def submit(self, task: Task) -> None:
        """Queue the task. Raises LedgerError if the queue cannot be reached."""
        ...

    def ended(self, *, within: float) -> Sequence[TargetResult]:
        """The results that have arrived since the last call; waits at most `within` seconds for
        the first. Raises Interrupted while waiting, and LedgerError."""
        ...

    def withdraw(self) -> Sequence[str]:
        """Take back the tasks that nobody has begun; returns the names of their targets. Those in
        hand go on to their end."""
        ...

    def stop(self) -> None:
        """Ask those in hand to finish or roll back their change, and then to stop."""
        ...


class Halts(Protocol):
    """Requests to halt a run of the fleet, from anywhere."""

    def ask(self, run_id: str, *, by: str) -> None:
        """Ask for it. Raises LedgerError."""
        ...

    def asked(self, run_id: str) -> str | None:
        """Who asked for it, None if nobody did. Raises LedgerError."""
        ...


class Checks(Protocol):
    """The drift checks that workers make on a schedule, without a run of the fleet."""

    def latest(self) -> Sequence[Recorded]:
        """The last check of each target. Raises LedgerError."""
        ...


class _NoChecks:
    def latest(self) -> Sequence[Recorded]:
        """None."""
        return ()


NO_CHECKS: Checks = _NoChecks()
"""For a fleet without workers."""


class FleetObserver(Protocol):
    """Receives the events of a run of the fleet."""

    def notice(self, event: FleetEvent) -> None:
        """Receive one event when it happens, in the controller's thread, which waits until this
        returns. It must not raise: an exception ends the run like any other defect."""
        ...


class WorkerObserver(Protocol):
    """Receives what a worker does, for its metrics. It may be called from several threads."""

    def begun(self, task: Task) -> None:
        """The worker has begun a task."""
        ...

    def ended(self, result: TargetResult) -> None:
        """The worker has ended the task that it had begun for this target; `interrupted` if it goes
        back to the queue."""
        ...
