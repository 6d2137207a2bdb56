"""What a worker is to do, and how it keeps time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reconciler.adapters.stopping import Stop
from reconciler.model.fleet_run import FleetAction, TargetResult, Task
from reconciler.ports import Clock, WorkerObserver


@dataclass(frozen=True)
class Pace:
    """How a worker keeps time, in seconds.

    A worker says that it lives each `heartbeat`; the jobs of one that has not for `stalled` are
    given to others. A tenant that is held is tried again each `held_pause` for `held`: the lock of
    a worker that died lives for 75 s. The queue is asked for jobs each `poll`: a worker also
    listens, but not through a pooler, and nothing tells it of a job that is tried again. `idle` is
    how long nothing must happen until a worker ends that does not wait for more. A job that
    `most_lost` workers have begun, and neither ended nor put back, is given up.
    """

    heartbeat: float = 10.0
    stalled: float = 30.0
    held: float = 90.0
    held_pause: float = 5.0
    poll: float = 2.0
    idle: float = 60.0
    most_lost: int = 5


PACE = Pace()


@dataclass(frozen=True)
class Duty:
    """What a worker does, and for whom.

    `carry_out` does a task, and ends early if the Stop asks for it; it raises nothing but
    UnreachableError, if the ledger was away. `clock_of` gives the clock of a thread whose waiting
    such a Stop ends. `is_led` says whether the controller with this fence holds the lock of the
    fleet, or, for None, whether any does; it raises LedgerError. `due` gives the tasks that are due
    in a minute without a controller, in the pool of this worker; it raises nothing but
    UnreachableError, and a worker that must not queue any has none. `only` are the actions that
    this worker does.
    """

    carry_out: Callable[[Task, Stop], TargetResult]
    clock_of: Callable[[Stop], Clock]
    is_led: Callable[[int | None], bool]
    observer: WorkerObserver
    due: Callable[[datetime], Sequence[Task]] | None = None
    only: frozenset[FleetAction] = frozenset(FleetAction)
