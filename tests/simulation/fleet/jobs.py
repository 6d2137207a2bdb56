"""The queue: it hands out target names, at least once each, and takes results."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from reconciler.model.fleet_run import TargetResult, Task
from reconciler.ports import Dispatcher
from tests.simulation.fleet.scheduler import Process, Scheduler
from tests.simulation.fleet.trouble import Trouble

POLL_SECONDS = 2.0
STALLED_SECONDS = 30.0
"""A worker that was not seen for so long is taken for dead."""


@dataclass
class Job:
    """A task, and the worker that has it."""

    task: Task
    worker: Process | None = None
    attempts: int = 0
    is_done: bool = False
    is_aborted: bool = False
    taken_at: float = 0.0


class Queue:
    """Jobs and results. One of an origin at a time, unless `is_loose`: then the other doors alone
    must keep two workers from one tenant."""

    def __init__(
        self, dice: random.Random, *, scheduler: Scheduler, trouble: Trouble, is_loose: bool
    ) -> None:
        self._dice = dice
        self._scheduler = scheduler
        self._trouble = trouble
        self._is_loose = is_loose
        self.jobs: list[Job] = []
        self.results: dict[str, deque[TargetResult]] = {}
        self.halts: dict[str, str] = {}
        self._idle: list[Process] = []
        self.documents: list[str] = []
        """All that was ever written to it."""

    def ask(self, run_id: str, *, by: str) -> None:
        """Ask for a halt."""
        self.halts[run_id] = by

    def asked(self, run_id: str) -> str | None:
        """Who asked for it."""
        return self.halts.get(run_id)

    def submit(self, task: Task) -> None:
        """A new job, of which the idle workers hear."""
        self.documents.append(task.model_dump_json())
        self.jobs.append(Job(task))
        idle, self._idle = self._idle, []
        for each in idle:
            self._scheduler.after(0, each.resume)

    def wait(self, worker: Process) -> None:
        """Wait until there may be something to fetch."""
        if self.jobs:
            worker.pause(POLL_SECONDS)
        else:
            self._idle.append(worker)
            worker.wait()

    def fetch(self, worker: Process) -> Job | None:
        """A job for this worker, if there is one."""
        self._give_up_stalled()
        free = [each for each in self.jobs if self._is_free(each)]
        again = [each for each in self.jobs if each.worker not in (None, worker)]
        if again and self._trouble.occurs("handed out twice", odds=0.3):
            return self._handed_out(self._dice.choice(again), worker)
        return self._handed_out(self._dice.choice(free), worker) if free else None

    def store(self, job: Job, result: TargetResult) -> None:
        """Take the result of a job; sometimes of one that another worker has by now."""
        is_late = job.worker is not self._scheduler.current
        if is_late and not self._trouble.occurs("late result", odds=5):
            return
        job.is_done = True
        if job in self.jobs:
            self.jobs.remove(job)
        self.documents.append(result.model_dump_json())
        self.results.setdefault(job.task.run_id, deque()).append(result)

    def put_back(self, job: Job) -> None:
        """Its worker stops, and another is to have it."""
        if job.worker is self._scheduler.current:
            job.worker = None

    @contextmanager
    def dispatcher(self, controller: Process, _parallel: int) -> Iterator[Dispatcher]:
        """The controller's side."""
        yield _Dispatcher(self, controller, self._scheduler, self._trouble, self._dice)

    def _handed_out(self, job: Job, worker: Process) -> Job:
        job.worker, job.taken_at = worker, self._scheduler.now
        job.attempts += 1
        return job

    def _is_free(self, job: Job) -> bool:
        if job.worker is not None:
            return False
        return self._is_loose or not any(
            each.worker is not None and each.task.origin == job.task.origin for each in self.jobs
        )

    def _give_up_stalled(self) -> None:
        for each in self.jobs:
            if each.worker is not None and self._is_stalled(each.worker):
                each.worker = None

    def _is_stalled(self, worker: Process) -> bool:
        """Whether it has been dead or suspended for long enough."""
        if worker.is_dead:
            return True
        return worker.is_frozen and self._scheduler.now - worker.frozen_since > STALLED_SECONDS


class _Dispatcher:
    """`ports.Dispatcher` of one run."""

    def __init__(
        self,
        queue: Queue,
        controller: Process,
        scheduler: Scheduler,
        trouble: Trouble,
        dice: random.Random,
    ) -> None:
        self._queue = queue
        self._controller = controller
        self._scheduler = scheduler
        self._trouble = trouble
        self._dice = dice
        self._run_id = ""
        self._taken: list[TargetResult] = []

    def submit(self, task: Task) -> None:
        self._trouble.step(self._controller)
        self._run_id = task.run_id
        self._queue.submit(task)

    def ended(self, *, within: float) -> Sequence[TargetResult]:
        self._trouble.step(self._controller)
        self._controller.notice_interrupt()
        arrived = self._queue.results.get(self._run_id)
        if not arrived:
            self._controller.pause(within)
            return []
        found = [*arrived]
        arrived.clear()
        self._dice.shuffle(found)
        if self._taken and self._trouble.occurs("result delivered twice", odds=5):
            found.append(self._dice.choice(self._taken))
        self._taken.extend(found)
        return found

    def withdraw(self) -> Sequence[str]:
        self._trouble.step(self._controller)
        jobs = [
            each
            for each in self._queue.jobs
            if each.task.run_id == self._run_id and each.worker is None
        ]
        for each in jobs:
            self._queue.jobs.remove(each)
        return [each.task.target for each in jobs]

    def stop(self) -> None:
        for each in self._queue.jobs:
            each.is_aborted |= each.task.run_id == self._run_id
