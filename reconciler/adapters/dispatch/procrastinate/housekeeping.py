"""What a worker does beside its jobs: it says that it lives, and looks after its queues."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job

from reconciler.adapters.dispatch.procrastinate.attempts import Attempts
from reconciler.adapters.dispatch.procrastinate.codec import Codec
from reconciler.adapters.dispatch.procrastinate.dispatcher import TASK_NAME, lock_of, queue_of
from reconciler.adapters.dispatch.procrastinate.duty import Duty, Pace
from reconciler.adapters.dispatch.procrastinate.jobs import FencedJobs
from reconciler.adapters.postgres import UnreachableError
from reconciler.model.fleet_run import Task

logger = logging.getLogger(__name__)

_BEHIND_RUNS = -10
"""The priority of what is not part of a run."""
_SAY = """
insert into reconciler_fleet.worker (id, pool, about, concurrency, in_hand)
values (%(id)s, %(pool)s, %(about)s, %(concurrency)s, %(in_hand)s)
on conflict (id) do update set in_hand = excluded.in_hand, seen_at = clock_timestamp()
"""
_FORGET = "delete from reconciler_fleet.worker where id = %(id)s"
_MINE = """
select id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name,
       attempts, worker_id
from procrastinate_jobs where worker_id = %(worker)s and status = 'doing'
"""
_BUSY = """
select exists (select from procrastinate_jobs
               where queue_name = any(%(queues)s) and status in ('todo', 'doing')) as busy
"""
_CLAIM = """
insert into reconciler_fleet.drift_check (pool, minute)
values (%(pool)s, date_trunc('minute', clock_timestamp(), 'UTC'))
on conflict do nothing returning minute
"""
_CLEAN = """
with old as (
    delete from reconciler_fleet.result where ended_at < clock_timestamp() - interval '7 days'
), gone as (
    delete from reconciler_fleet.worker where seen_at < clock_timestamp() - interval '1 day'
)
delete from reconciler_fleet.drift_check where minute < clock_timestamp() - interval '1 day'
"""


@dataclass
class Housekeeping:
    """One worker's, under the number that Procrastinate has given it."""

    jobs: FencedJobs
    attempts: Attempts
    duty: Duty
    codec: Codec
    pace: Pace
    queues: Sequence[str]
    pool: str
    about: str
    concurrency: int
    _unknown: frozenset[int] = field(default=frozenset(), init=False)

    async def appear(self, worker: int) -> None:
        """Say that this worker lives, and how much it has in hand."""
        await self.jobs.update_heartbeat(worker)
        await self.jobs.connector.execute_query_async(
            _SAY,
            id=worker,
            pool=self.pool,
            about=self.about,
            concurrency=self.concurrency,
            in_hand=len(self.attempts.in_hand),
        )

    async def disappear(self, worker: int) -> None:
        """Say that this worker has ended."""
        await self.jobs.connector.execute_query_async(_FORGET, id=worker)

    async def revive(self, worker: int) -> None:
        """Give the jobs of dead workers to others, and those that this worker was given without
        learning of it: the connection may be lost when they are fetched."""
        for queue in self.queues:
            for job in await self.jobs.get_stalled_jobs(
                queue=queue, seconds_since_heartbeat=self.pace.stalled
            ):
                logger.info("Job %s was left by a worker that died: trying again.", job.id)
                await self.jobs.retry_job(job)
        rows = await self.jobs.connector.execute_query_all_async(_MINE, worker=worker)
        mine = {row["id"]: Job.from_row(row) for row in rows}
        unknown = frozenset(mine) - self.attempts.in_hand
        for number in unknown & self._unknown:  # also the last time, so it is not just beginning
            logger.info("Job %s was given to this worker, which did not learn of it.", number)
            await self.jobs.retry_job(mine[number])
        self._unknown = unknown

    async def is_busy(self) -> bool:
        """Whether a job waits, or any worker has one in hand."""
        row = await self.jobs.connector.execute_query_one_async(_BUSY, queues=list(self.queues))
        return bool(row["busy"])

    async def schedule(self) -> None:
        """Queue the tasks that are due in this minute, unless another worker of the pool does."""
        for row in await self.jobs.connector.execute_query_all_async(_CLAIM, pool=self.pool):
            try:
                tasks = await asyncio.to_thread(self.duty.due, row["minute"])
            except UnreachableError:  # in the next minute, others are due
                return
            for task in tasks:
                await self._queue(task)

    async def _queue(self, task: Task) -> None:
        job = Job(
            queue=queue_of(task.pool, task.action),
            task_name=TASK_NAME,
            lock=lock_of(task),
            queueing_lock=f"{task.target}:{task.action.value}",
            priority=_BEHIND_RUNS,
            task_kwargs=self.codec.task_arguments(task),
        )
        try:
            await self.jobs.defer_job_async(job)
        except AlreadyEnqueued:
            logger.info("%s waits since the last time that it was due.", task.target)

    async def clean(self) -> None:
        """Delete what nobody asks for any more."""
        await self.jobs.connector.execute_query_async(_CLEAN)
