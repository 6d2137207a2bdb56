"""Jobs that only the attempt which has them can end.

Procrastinate ends a job by its number alone. A worker that was given up would then end the job of
the one that does it again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.utils import utcnow

from reconciler.adapters.dispatch.procrastinate.attempts import PutBack

_AGAIN_SECONDS = 5
_OURS = """
with ours as (
    select id from procrastinate_jobs
    where id = %(job)s and worker_id is not distinct from %(worker)s and attempts = %(attempts)s
      and status = 'doing'
    for update
)
"""
_FINISH = f"""{_OURS}
select procrastinate_finish_job_v1(id, %(status)s, %(delete)s) from ours
"""  # noqa: S608 - both are constants here
_RETRY = f"""{_OURS}
select procrastinate_retry_job_v2(id, %(retry_at)s, null, null, null) from ours
"""  # noqa: S608 - both are constants here


class FencedJobs(JobManager):
    """Ends and retries a job only if it is still the same attempt of the same worker's. May be done
    twice."""

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """End the job."""
        await self.connector.execute_query_async(
            _FINISH, **_attempt(job), status=status.value, delete=delete_job
        )

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """Give the job back to the queue, which counts the attempt."""
        if (priority, queue, lock) != (None, None, None):
            raise ValueError("a job that is tried again stays what it is")
        await self.connector.execute_query_async(
            _RETRY, **_attempt(job), retry_at=retry_at or utcnow()
        )


class TryAgain(BaseRetryStrategy):
    """Whatever goes wrong, the job goes back to the queue; the next attempt counts them."""

    def get_retry_decision(
        self,
        *,
        exception: BaseException,
        job: Job,  # noqa: ARG002 - Procrastinate's signature
    ) -> RetryDecision:
        """At once, if it was put back."""
        seconds = 0 if isinstance(exception, PutBack) else _AGAIN_SECONDS
        return RetryDecision(retry_in={"seconds": seconds})


def _attempt(job: Job) -> dict[str, Any]:
    return {"job": job.id, "worker": job.worker_id, "attempts": job.attempts}
