"""A worker: it takes a job, refuses it if nobody leads its run, and does it."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.model.fleet_run import TargetResult, TargetStatus, Task
from tests.simulation.fleet.database import Database
from tests.simulation.fleet.jobs import Job, Queue
from tests.simulation.fleet.scheduler import Process
from tests.simulation.fleet.trouble import Trouble

HELD_SECONDS = 240.0
"""For how long it tries again while another run holds the tenant."""


class Worker:
    """One process; `begins` hears of each task that it does not refuse."""

    def __init__(
        self,
        process: Process,
        work: Callable[[Task], TargetResult],
        *,
        queue: Queue,
        database: Database,
        trouble: Trouble,
        begins: Callable[[Task], None],
    ) -> None:
        self._process = process
        self._work = work
        self._queue = queue
        self._database = database
        self._trouble = trouble
        self._begins = begins

    def run(self, *, until: Callable[[], bool]) -> None:
        """Do one job after the other."""
        while not until() and not self._process.is_stopping:
            self._trouble.step(self._process)
            job = self._queue.fetch(self._process)
            if job is None:
                self._queue.wait(self._process)
                continue
            result = self._refused(job.task) or self._done(job)
            self._trouble.step(self._process)
            if result.status is TargetStatus.INTERRUPTED and not job.is_aborted:
                self._queue.put_back(job)
            else:
                self._queue.store(job, result.model_copy(update={"attempts": job.attempts}))

    def _refused(self, task: Task) -> TargetResult | None:
        self._trouble.step(self._process)
        halted_by = self._queue.asked(task.run_id)
        if halted_by is not None:
            return _not_begun(task, f"{halted_by} asked to halt this run.")
        if not self._database.is_led("fleet", fence=task.fence):
            return _not_begun(task, "The controller of this run is not running any more.")
        self._begins(task)
        return None

    def _done(self, job: Job) -> TargetResult:
        waited = 0.0
        self._process.is_aborted = lambda: job.is_aborted
        while True:
            result = self._work(job.task)
            if result.status is not TargetStatus.HELD or waited >= HELD_SECONDS:
                self._process.is_aborted = lambda: False
                return result
            self._process.pause(10.0)
            waited += 10.0


def _not_begun(task: Task, reason: str) -> TargetResult:
    return TargetResult(
        name=task.target, action=task.action, status=TargetStatus.NOT_BEGUN, error=reason
    )
