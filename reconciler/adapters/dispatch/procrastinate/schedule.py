"""What is due without a run. Procrastinate has a job for each pool and minute, which whichever
worker is first does: it queues the tasks that are due in that minute."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

from reconciler.adapters.dispatch.procrastinate.codec import Codec
from reconciler.adapters.dispatch.procrastinate.dispatcher import TASK_NAME, lock_of, queue_of
from reconciler.adapters.dispatch.procrastinate.jobs import TryAgain
from reconciler.model.fleet_run import Task

logger = logging.getLogger(__name__)

_EACH_MINUTE = "* * * * *"
_BEFORE_RUNS, _BEHIND_RUNS = 100, -10
"""The priorities of the job itself, which takes a moment, and of the tasks that it queues."""


def ops_of(pool: str) -> str:
    """The queue of a pool's schedule."""
    return f"{pool}:ops"


def keep_schedule(
    app: App, *, pool: str, due: Callable[[datetime], Sequence[Task]], codec: Codec
) -> None:
    """Have the workers of this app queue what is due in each minute. If the database is away, they
    try again; minutes that they missed because of that follow."""

    async def queue(task: Task) -> None:
        job = app.configure_task(
            TASK_NAME,
            queue=queue_of(task.pool, task.action),
            lock=lock_of(task),
            queueing_lock=f"{task.target}:{task.action.value}",
            priority=_BEHIND_RUNS,
        )
        try:
            await job.defer_async(**codec.task_arguments(task))
        except AlreadyEnqueued:
            logger.info("%s waits since the last time that it was due.", task.target)

    @app.periodic(cron=_EACH_MINUTE, periodic_id=pool)
    @app.task(name="reconciler.due", queue=ops_of(pool), priority=_BEFORE_RUNS, retry=TryAgain())
    async def queue_what_is_due(timestamp: int) -> None:
        minute = datetime.fromtimestamp(timestamp, timezone.utc)
        for task in await asyncio.to_thread(due, minute):
            await queue(task)
