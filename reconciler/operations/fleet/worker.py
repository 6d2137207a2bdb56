"""A worker of a fleet: takes the jobs of its pool from the queue, until it is asked to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from types import ModuleType
from typing import Any

from reconciler.adapters.clock import SystemClock, ThreadClock
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.process import this_process
from reconciler.adapters.stopping import Stop, stop_on
from reconciler.config.configuration import read_configuration
from reconciler.errors import LedgerError, ReconcilerError
from reconciler.model.fleet_run import FleetAction, TargetResult, Task
from reconciler.operations.clocks import Clocks
from reconciler.operations.fleet.files import FleetFiles, read_bundle
from reconciler.operations.fleet.queue import FleetQueue, required_queue
from reconciler.operations.fleet.services import target_work
from reconciler.operations.fleet.target import TargetWork
from reconciler.operations.ledger_stores import FleetStores
from reconciler.planning.drift_schedule import due
from reconciler.ports import WorkerObserver

_MOST_BUNDLES = 4
"""A worker has that of the current run in mind, those of drift checks, and of another run."""


@dataclass(frozen=True)
class WorkerRequest:
    """Which jobs to take, and how many at once. A worker that is `plan_only` needs no right to
    change anything; one that works `until_idle` ends once there is nothing to do."""

    pool: str
    concurrency: int = 100
    plan_only: bool = False
    until_idle: bool = False


def work_for_fleet(
    request: WorkerRequest,
    *,
    observer: WorkerObserver,
    warn: Callable[[str], None],
    stop_signals: Sequence[int] = (),
    announce: Callable[[], None] = lambda: None,
) -> None:
    """Work as the variables say, until the first of the `stop_signals`, or until there is nothing
    to do. What is in hand then is finished or rolled back, and goes on elsewhere.

    `warn` may be called from any thread. Raises ConfigurationError, and LedgerError if the queue
    cannot be used.
    """
    queue = required_queue()
    configuration = read_configuration()
    stores = FleetStores(configuration.fleet_ledgers.required(), clock=SystemClock())
    bundles, rates = Bundles(queue), Rates()

    def work_of(clocks: Clocks) -> TargetWork:
        return target_work(
            bundles.files_of,
            configuration=configuration,
            clocks=clocks,
            stores=stores,
            rates=rates,
        )

    work_of(Clocks(new=SystemClock, stop=lambda: None))  # complains before the first job
    with stop_on(stop_signals, announce=announce) as stop:
        queue_worker(
            request,
            queue,
            work_of=work_of,
            files_of=bundles.files,
            stores=stores,
            stop=stop,
            observer=observer,
            warn=warn,
        ).run()


def queue_worker(
    request: WorkerRequest,
    queue: FleetQueue,
    *,
    work_of: Callable[[Clocks], TargetWork],
    files_of: Callable[[str], FleetFiles],
    stores: FleetStores,
    stop: Stop,
    observer: WorkerObserver,
    warn: Callable[[str], None],
    **options: Any,
) -> Any:
    """The adapter's worker. `work_of` gives what works on one target, whose waiting ends by its
    clocks, and `files_of` the files of a bundle."""
    adapter = queue.adapter

    def is_led(fence: int | None) -> bool:
        living = stores.fleet_fence()
        return living is not None and fence in (None, living)

    drift = Drift(request.pool, queue, files_of=files_of, warn=warn)

    def carry_out(task: Task, stop: Stop) -> TargetResult:
        clocks = Clocks(new=lambda: ThreadClock(stop), stop=stop.ask)
        return replace(
            work_of(clocks),
            is_led=lambda task: is_led(task.fence),
            passing=(adapter.UnreachableError,),
        )(task)

    return adapter.QueueWorker(
        queue.database,
        post=_post(request, adapter),
        duty=adapter.Duty(
            carry_out=carry_out,
            clock_of=ThreadClock,
            is_led=is_led,
            observer=observer,
            due=None if request.plan_only else drift.due,
            only=frozenset({FleetAction.PLAN} if request.plan_only else FleetAction),
        ),
        codec=queue.codec,
        stop=stop,
        warn=warn,
        **options,
    )


def _post(request: WorkerRequest, adapter: ModuleType) -> Any:
    return adapter.Post(
        pool=request.pool,
        concurrency=request.concurrency,
        about=this_process(),
        until_idle=request.until_idle,
    )


@dataclass(frozen=True)
class Bundles:
    """The files of the last runs, each read once."""

    queue: FleetQueue
    _files: dict[str, FleetFiles] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def files(self, digest: str) -> FleetFiles:
        """The files of a bundle. Raises LedgerError, DocumentError and ManifestError."""
        with self._lock:
            found = self._files.pop(digest, None)
            if found is None:
                content = self.queue.bundles(clock=SystemClock()).get(digest)
                found = read_bundle(content, digest=digest)
            self._files[digest] = found  # the last one used is the last to go
            while len(self._files) > _MOST_BUNDLES:
                del self._files[next(iter(self._files))]
            return found

    def files_of(self, task: Task) -> FleetFiles:
        """The files that a task is about, which know its target. Raises as `files` does."""
        found = self.files(task.bundle)
        if task.target not in found.fleet.by_name:
            raise LedgerError(
                f"The bundle {task.bundle} has no target {task.target!r}.",
                hint="Only jobs of `reconciler fleet` belong in its queue.",
            )
        return found


def drift_run_id(minute: datetime) -> str:
    """What the results of the drift checks that were due in this minute are stored under."""
    return f"drift-{minute.astimezone(timezone.utc):%Y%m%dT%H%MZ}"


@dataclass(frozen=True)
class Drift:
    """The drift checks of a pool that are due without a run, as the files say that were applied
    last."""

    pool: str
    queue: FleetQueue
    files_of: Callable[[str], FleetFiles]
    warn: Callable[[str], None]

    def due(self, minute: datetime) -> Sequence[Task]:
        """Those that are due in this minute. A bundle that cannot be used is a warning. Raises
        nothing but UnreachableError."""
        try:
            return tuple(self._due(minute))
        except self.queue.adapter.UnreachableError:
            raise
        except ReconcilerError as error:
            self.warn(f"Drift cannot be checked: {error.message}")
            return ()

    def _due(self, minute: datetime) -> Iterator[Task]:
        digest = self.queue.bundles(clock=SystemClock()).last_applied()
        if digest is None:
            return
        fleet = self.files_of(digest).fleet
        if fleet.drift.every_minutes is None:
            return
        names = [each.name for each in fleet.targets if each.pool == self.pool]
        number, run_id = int(minute.timestamp() // 60), drift_run_id(minute)
        for name in due(names, every_minutes=fleet.drift.every_minutes, minute=number):
            target = fleet.by_name[name]
            yield Task(
                run_id=run_id,
                action=FleetAction.DRIFT,
                target=name,
                bundle=digest,
                origin=target.expect.origin or "",
                pool=target.pool,
                metrics=fleet.drift.metrics,
            )
