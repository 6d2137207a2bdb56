"""The controller's side of the queue: jobs out, results in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass

import psycopg
from procrastinate import App, SyncPsycopgConnector

from reconciler.adapters.dispatch.procrastinate.codec import Codec, failed
from reconciler.adapters.dispatch.procrastinate.schema import require_current
from reconciler.adapters.dispatch.procrastinate.sessions import PatientSession
from reconciler.errors import LedgerError
from reconciler.model.access import FleetDatabase
from reconciler.model.event import Warned
from reconciler.model.fleet_run import FleetAction, TargetResult, Task
from reconciler.ports import Clock, FleetObserver

TASK_NAME = "reconciler.target"
_POLL_SECONDS = 0.25
"""A controller asks for results instead of listening for them, which works through any PgBouncer;
a target takes much longer than this."""
_LOOK_SECONDS = 10.0
"""How often it looks whether all jobs are still there, and who works on them."""
_FORGET = """
delete from reconciler_fleet.result where run_id = %s and target = %s and action = %s
"""
_APPLIED = "update reconciler_fleet.bundle set applied_at = clock_timestamp() where digest = %s"
"""Drift is looked for from the files that were applied last, not from those of a plan."""
_WAITING = "select id from procrastinate_jobs where queueing_lock = %s and status = 'todo'"
_CONFIRM = """
update reconciler_fleet.result set is_taken = true
where run_id = %(run_id)s and not is_taken and target || ':' || action = any(%(taken)s)
"""
_TAKE = """
select target, action, pool, document from reconciler_fleet.result
where run_id = %s and not is_taken order by ended_at
"""
_CANCEL = "select procrastinate_cancel_job_v1(id, %s, %s) from unnest(%s::bigint[]) id"
_PRESENT = """
select id, status = 'todo', queue_name from procrastinate_jobs
where id = any(%s) and status in ('todo', 'doing')
"""
_SEEN = """
select pool from reconciler_fleet.worker
where seen_at > clock_timestamp() - make_interval(secs => %s)
"""
_ABSENT_SECONDS = 60.0
"""A worker that was not seen for so long is away."""


def queue_of(pool: str, action: FleetAction) -> str:
    """The queue for a task: workers that only plan have one of their own in each pool."""
    return plans_of(pool) if action is FleetAction.PLAN else pool


def lock_of(task: Task) -> str:
    """What two tasks must not have in common to be worked on at once."""
    return task.origin or task.target


def plans_of(pool: str) -> str:
    """The queue of the plans in a pool."""
    return f"{pool}:plan"


@dataclass(frozen=True)
class _Job:
    id: int
    task: Task

    @property
    def key(self) -> str:
        return f"{self.task.target}:{self.task.action.value}"


@contextmanager
def queue_dispatcher(
    database: FleetDatabase, *, codec: Codec, clock: Clock, observer: FleetObserver
) -> Iterator[QueueDispatcher]:
    """A dispatcher for one run. In the end it takes back what no worker has begun. Raises
    LedgerError."""

    def warn(message: str) -> None:
        observer.notice(Warned(message=message))

    with closing(PatientSession(database, clock=clock, warn=warn)) as session:
        session.run(lambda connection: require_current(connection, database))
        dispatcher = QueueDispatcher(session, codec=codec, clock=clock, observer=observer)
        try:
            yield dispatcher
        finally:
            with suppress(LedgerError), clock.shielded():  # workers begin nothing without a run
                dispatcher.withdraw()


class QueueDispatcher:
    """`ports.Dispatcher` for workers elsewhere; created only by `queue_dispatcher`."""

    def __init__(
        self,
        session: PatientSession,
        *,
        codec: Codec,
        clock: Clock,
        observer: FleetObserver,
    ) -> None:
        self._session = session
        self._run_id = ""
        self._codec = codec
        self._clock = clock
        self._observer = observer
        self._jobs = App(connector=SyncPsycopgConnector())
        self._in_hand: dict[str, _Job] = {}
        self._taken: list[str] = []
        self._looked_at = clock.monotonic()
        self._unserved: set[str] = set()

    def submit(self, task: Task) -> None:
        """Queue the task, with a lock on its origin. Raises LedgerError."""
        self._run_id = task.run_id
        lock = f"{task.run_id}:{task.target}:{task.action.value}"

        def work(connection: psycopg.Connection) -> int:
            for (waiting,) in connection.execute(_WAITING, [lock]):
                return int(waiting)  # submitted before, although that was not confirmed
            with connection.transaction():
                connection.execute(_FORGET, [task.run_id, task.target, task.action.value])
                if task.action is FleetAction.APPLY:
                    connection.execute(_APPLIED, [task.bundle])
                return self._jobs.configure_task(
                    TASK_NAME,
                    queue=queue_of(task.pool, task.action),
                    lock=lock_of(task),
                    queueing_lock=lock,
                    connection=connection,
                ).defer(**self._codec.task_arguments(task))

        job = _Job(self._session.run(work), task)
        self._in_hand[job.key] = job
        self._taken = [each for each in self._taken if each != job.key]

    def ended(self, *, within: float) -> Sequence[TargetResult]:
        """The results since the last call. Raises Interrupted while waiting for the first, and
        LedgerError."""
        until = self._clock.monotonic() + within
        while True:
            results = self._results()
            left = until - self._clock.monotonic()
            if results or left <= 0:
                return results
            self._clock.sleep(min(left, _POLL_SECONDS))

    def withdraw(self) -> Sequence[str]:
        """Delete the jobs that no worker has begun. Raises LedgerError."""
        jobs = {job.id: job for job in self._in_hand.values()}
        if not jobs:
            return ()

        def work(connection: psycopg.Connection) -> set[int]:
            connection.execute(_CANCEL, [False, True, list(jobs)])
            present = {number for number, *_ in connection.execute(_PRESENT, [list(jobs)])}
            return {each for each in jobs if each not in present}

        gone = self._session.run(work)
        keys = {key for key, _, _ in self._session.run(self._untaken)}
        withdrawn = [jobs[each] for each in sorted(gone) if jobs[each].key not in keys]
        for job in withdrawn:
            del self._in_hand[job.key]
        return [job.task.target for job in withdrawn]

    def stop(self) -> None:
        """Have the workers end those in hand early. Raises LedgerError."""
        numbers = [job.id for job in self._in_hand.values()]
        self._session.run(lambda connection: connection.execute(_CANCEL, [True, False, numbers]))

    def _results(self) -> list[TargetResult]:
        is_look = self._clock.monotonic() >= self._looked_at + _LOOK_SECONDS
        missing = self._missing() if is_look else []
        results: list[TargetResult] = []
        for key, action, document in self._session.run(self._untaken):
            self._taken.append(key)
            job = self._in_hand.pop(key, None)
            if job is not None:
                target = job.task.target
                results.append(
                    self._codec.result(document, target=target, action=FleetAction(action))
                )
        lost = [job for job in missing if self._in_hand.pop(job.key, None) is not None]
        return [*results, *map(_lost, lost)]

    def _untaken(self, connection: psycopg.Connection) -> list[tuple[str, str, str]]:
        """The results that were not taken before, of workers of the task's own pool, and a note of
        those that were."""
        if self._taken:
            connection.execute(_CONFIRM, {"run_id": self._run_id, "taken": self._taken})
            self._taken = []
        found: list[tuple[str, str, str]] = []
        for target, action, pool, document in connection.execute(_TAKE, [self._run_id]):
            key = f"{target}:{action}"
            job = self._in_hand.get(key)
            if job is None or job.task.pool == pool:
                found.append((key, action, document))
        return found

    def _missing(self) -> list[_Job]:
        """The tasks without a job; a result that came before its job went may be there."""
        self._looked_at = self._clock.monotonic()
        jobs = {job.id: job for job in self._in_hand.values()}

        def work(connection: psycopg.Connection) -> tuple[set[int], set[str]]:
            rows = connection.execute(_PRESENT, [list(jobs)]).fetchall()
            served = {pool for (pool,) in connection.execute(_SEEN, [_ABSENT_SECONDS])}
            waiting = {jobs[number].task.pool for number, is_waiting, _ in rows if is_waiting}
            return {number for number, *_ in rows}, waiting - served

        present, unserved = self._session.run(work)
        for pool in sorted(unserved - self._unserved):
            self._observer.notice(
                Warned(
                    message=f"No worker serves the pool {pool}, in which targets wait. Start one "
                    f"with `reconciler fleet worker --pool {pool}`."
                )
            )
        self._unserved = unserved
        return [job for number, job in jobs.items() if number not in present]


def _lost(job: _Job) -> TargetResult:
    return failed(
        job.task.target,
        job.task.action,
        error="The queue does not have the job of this target any more, and no result of it.",
        hint="Somebody may have deleted it, or the database was restored. Run the command again.",
    )
