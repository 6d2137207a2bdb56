"""What a worker does beside its jobs: it says that it lives, and looks after its queues."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from procrastinate.jobs import Job

from reconciler.adapters.dispatch.procrastinate.attempts import Attempts
from reconciler.adapters.dispatch.procrastinate.dispatcher import TASK_NAME
from reconciler.adapters.dispatch.procrastinate.duty import Pace
from reconciler.adapters.dispatch.procrastinate.jobs import FencedJobs

logger = logging.getLogger(__name__)

_SAY = """
insert into reconciler_fleet.worker (id, pool, about, concurrency, in_hand)
values (%(id)s, %(pool)s, %(about)s, %(concurrency)s, %(in_hand)s)
on conflict (id) do update set in_hand = excluded.in_hand, seen_at = clock_timestamp()
"""
_FORGET = "delete from reconciler_fleet.worker where id = %(id)s"
_MINE = """
select id, status, task_name, priority, lock, queueing_lock, args, scheduled_at, queue_name,
       attempts, worker_id
from procrastinate_jobs
where worker_id = %(worker)s and status = 'doing' and task_name = %(task)s
"""
_BUSY = """
select exists (select from procrastinate_jobs
               where queue_name = any(%(queues)s) and status in ('todo', 'doing')
                 and task_name = %(task)s) as busy
"""
_CLEAN = """
with old as (
    delete from reconciler_fleet.result where ended_at < clock_timestamp() - interval '7 days'
)
delete from reconciler_fleet.worker where seen_at < clock_timestamp() - interval '1 day'
"""


@dataclass
class Housekeeping:
    """One worker's, under the number that Procrastinate has given it."""

    jobs: FencedJobs
    attempts: Attempts
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
        rows = await self.jobs.connector.execute_query_all_async(
            _MINE, worker=worker, task=TASK_NAME
        )
        mine = {row["id"]: Job.from_row(row) for row in rows}
        unknown = frozenset(mine) - self.attempts.in_hand
        for number in unknown & self._unknown:  # also the last time, so it is not just beginning
            logger.info("Job %s was given to this worker, which did not learn of it.", number)
            await self.jobs.retry_job(mine[number])
        self._unknown = unknown

    async def is_busy(self) -> bool:
        """Whether a task waits, or any worker has one in hand."""
        row = await self.jobs.connector.execute_query_one_async(
            _BUSY, queues=list(self.queues), task=TASK_NAME
        )
        return bool(row["busy"])

    async def clean(self) -> None:
        """Delete what nobody asks for any more."""
        await self.jobs.connector.execute_query_async(_CLEAN)
