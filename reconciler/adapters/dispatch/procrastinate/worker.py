"""A worker: takes jobs from the queues of its pool, and does each in a thread.

Procrastinate's worker fetches the jobs, tells the database that it lives, and keeps the schedule.
Beside it, a loop looks after the pool: it revives the jobs of dead workers, which does not have to
wait for a free thread, and notices that the process is asked to stop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.worker import Worker

from reconciler.adapters.dispatch.procrastinate.attempts import Attempts
from reconciler.adapters.dispatch.procrastinate.codec import Codec
from reconciler.adapters.dispatch.procrastinate.connector import PatientConnector
from reconciler.adapters.dispatch.procrastinate.dispatcher import TASK_NAME, plans_of
from reconciler.adapters.dispatch.procrastinate.duty import PACE, Duty, Pace
from reconciler.adapters.dispatch.procrastinate.housekeeping import Housekeeping
from reconciler.adapters.dispatch.procrastinate.jobs import FencedJobs, TryAgain
from reconciler.adapters.dispatch.procrastinate.schedule import keep_schedule, ops_of
from reconciler.adapters.dispatch.procrastinate.schema import require_current
from reconciler.adapters.dispatch.procrastinate.sessions import once
from reconciler.adapters.stopping import Stop
from reconciler.errors import LedgerError
from reconciler.model.access import FleetDatabase
from reconciler.model.fleet_run import FleetAction

logger = logging.getLogger(__name__)

_TRY = """
insert into reconciler_fleet.worker (id, pool, about, concurrency, in_hand)
values (0, %s, '', 0, 0)
"""
_NOTICE_SECONDS = 0.1
_BESIDE = 2
"""Threads for what is done beside the jobs."""
_CLEAN_SECONDS = 3600.0


@dataclass(frozen=True)
class Post:
    """Where a worker works: its pool, how many jobs at once, what it says of itself, and whether it
    ends once nothing is to be done."""

    pool: str
    concurrency: int
    about: str
    until_idle: bool = False

    def queues(self, duty: Duty) -> list[str]:
        """The queues that it takes jobs from."""
        plans = plans_of(self.pool)
        tasks = [plans] if duty.only == {FleetAction.PLAN} else [self.pool, plans]
        return tasks if duty.due is None else [*tasks, ops_of(self.pool)]


class QueueWorker:
    """One worker process. `warn` gets what its operator should know."""

    def __init__(
        self,
        database: FleetDatabase,
        *,
        post: Post,
        duty: Duty,
        codec: Codec,
        stop: Stop,
        warn: Callable[[str], None],
        pace: Pace = PACE,
    ) -> None:
        self._database = database
        self._post = post
        self._duty = duty
        self._stop = stop
        self._pace = pace
        self._attempts = Attempts(database, codec=codec, duty=duty, pace=pace)
        self._app = App(
            connector=PatientConnector(database, is_hurried=lambda: self._is_ending, warn=warn)
        )
        jobs = FencedJobs(self._app.connector)
        self._app.job_manager = jobs
        self._app.task(name=TASK_NAME, queue=post.pool, pass_context=True, retry=TryAgain())(
            self._job
        )
        if duty.due is not None:
            keep_schedule(self._app, pool=post.pool, due=duty.due, codec=codec)
        self._house = Housekeeping(
            jobs=jobs,
            attempts=self._attempts,
            pace=pace,
            queues=post.queues(duty),
            pool=post.pool,
            about=post.about,
            concurrency=post.concurrency,
        )
        self._is_idle = False
        self._number: int | None = None

    def run(self) -> None:
        """Work until the Stop asks to end, or nothing is to be done. Raises LedgerError if the
        queue cannot be used at the start, or refuses something."""
        is_pooled = once(self._database, self._looked_at)
        asyncio.run(self._serve(listens=not is_pooled))

    def _looked_at(self, connection: psycopg.Connection) -> bool:
        """Whether a pooler is in between, through which a worker cannot listen: it gives each
        client a number of its own for the server's process."""
        require_current(connection, self._database)
        self._require_allowed(connection)
        ((number,),) = connection.execute("select pg_backend_pid()").fetchall()
        return bool(connection.info.backend_pid != number)

    def _require_allowed(self, connection: psycopg.Connection) -> None:
        """Raises LedgerError if this role may not work in this pool."""
        pool = self._post.pool
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(_TRY, [pool])
        except psycopg.errors.InsufficientPrivilege:
            raise LedgerError(
                f"The role {connection.info.user} may not work in the pool {pool} of "
                f"{self._database.location}.",
                hint="Start the worker with the --pool that its role is for. A role that has no "
                "grants yet needs those that `reconciler fleet init` prints.",
            ) from None

    async def _serve(self, *, listens: bool) -> None:
        # Without an executor of its own, a loop has at most as many threads as cores, and four.
        threads = ThreadPoolExecutor(self._post.concurrency + _BESIDE, thread_name_prefix="target")
        asyncio.get_running_loop().set_default_executor(threads)
        try:
            async with self._app.open_async():
                while not self._is_ending:
                    await self._work(listens=listens)
        except ConnectorException as error:
            raise self._refused(error.__cause__) from None

    def _refused(self, cause: BaseException | None) -> LedgerError:
        if isinstance(cause, psycopg.OperationalError):  # asked to stop, so it did not wait
            return LedgerError(
                f"The queue {self._database.location} cannot be reached, so others learn only "
                "later that this worker has ended.",
                hint="What it had in hand is done by another one.",
            )
        return LedgerError(
            f"The queue {self._database.location} refused: {type(cause).__name__}.",
            hint="Look at the database's log.",
        )

    async def _work(self, *, listens: bool) -> None:
        """Work under one number of Procrastinate's, until asked to stop, or until that number is
        not known any more: a worker that was paused for long has been given up."""
        worker = self._new_worker(listens=listens)
        is_done = asyncio.Event()
        house = asyncio.create_task(self._keep_house(worker, is_done))
        house.add_done_callback(lambda _: _stop(worker))
        try:
            is_given_up = await _is_given_up(worker)
        finally:
            is_done.set()  # a query that is cancelled may not notice
            await house
            if self._number is not None:
                await self._house.disappear(self._number)
        if not is_given_up:
            self._require_ending()

    def _require_ending(self) -> None:
        if not self._is_ending:
            raise LedgerError(
                f"The worker on {self._database.location} has ended by itself.",
                hint="Start it again, with -vv to see why.",
            )

    def _new_worker(self, *, listens: bool) -> Worker:
        return Worker(
            app=self._app,
            queues=self._house.queues,
            concurrency=self._post.concurrency,
            fetch_job_polling_interval=self._pace.poll,
            abort_job_polling_interval=self._pace.poll,
            listen_notify=listens,
            delete_jobs=DeleteJobCondition.ALWAYS,
            install_signal_handlers=False,
            update_heartbeat_interval=self._pace.heartbeat,
            stalled_worker_timeout=self._pace.stalled,
        )

    async def _keep_house(self, worker: Worker, is_done: asyncio.Event) -> None:
        """Look after the pool until it is done."""
        self._number = None
        loop = asyncio.get_running_loop()
        due = cleaned = busy = loop.time()
        while not is_done.is_set():
            await asyncio.sleep(_NOTICE_SECONDS)
            if self._is_ending:
                _stop(worker)
            self._attempts.end_early(all_of=self._stop if self._is_ending else None)
            if worker.worker_id is not None:
                self._number = worker.worker_id
            if self._number is None or loop.time() < due:
                continue
            due = loop.time() + self._pace.heartbeat
            await self._house.appear(self._number)
            await self._house.revive(self._number)
            if loop.time() >= cleaned:
                cleaned = loop.time() + _CLEAN_SECONDS
                await self._house.clean()
            if self._post.until_idle:
                busy = loop.time() if await self._is_busy() else busy
                self._is_idle = loop.time() >= busy + self._pace.idle

    async def _is_busy(self) -> bool:
        """Whether there is something to do, or a controller that may have more."""
        if await self._house.is_busy():
            return True
        try:
            return await asyncio.to_thread(self._duty.is_led, None)
        except LedgerError:  # it may be known later
            return True

    @property
    def _is_ending(self) -> bool:
        return self._stop.is_asked or self._is_idle

    def _job(self, context: JobContext, /, **document: Any) -> None:
        self._attempts.work(context.job, document, is_aborted=context.should_abort)


async def _is_given_up(worker: Worker) -> bool:
    """Run the worker; returns whether it ended because its number is not known any more."""
    try:
        await worker.run()  # type: ignore[no-untyped-call]
    except ConnectorException as error:
        if not isinstance(error.__cause__, psycopg.errors.ForeignKeyViolation):
            raise
        logger.info("This worker was given up while it did not answer: it begins again.")
        return True
    return False


def _stop(worker: Worker) -> None:
    worker.stop()  # type: ignore[no-untyped-call]
