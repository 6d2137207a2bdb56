"""Tasks: queued, then active, then done, or cancelled, or ended by an error.

queued ── queue_seconds ──▶ active ── the task's own seconds ──▶ done | error | cancelled
└──────────────┴── cancel ──▶ cancelling ── queue_seconds ──▶ cancelled
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from reconciler.ports import Clock
from reconciler.sandbox.messages import Refused, Response
from reconciler.sandbox.v2.agenda import Agenda
from reconciler.sandbox.v2.calls import Call, Document, Route, answer
from reconciler.sandbox.v2.listing import listed
from reconciler.sandbox.v2.mishaps import Mishaps
from reconciler.sandbox.v2.world import World, iso

RUNNING = ("queued", "active", "cancelling")


class Failed(Exception):
    """Ends a task with the status `error`; the message is its `failReason`."""


class Cancelled(Exception):
    """Ends a task with the status `cancelled`."""


@dataclass(frozen=True)
class Job:
    """A task that is to be started. `work` returns its `data`, or raises `Failed` or `Cancelled`.

    The data is shown `late_seconds` after the end. The task stays queued until the moment `after`.
    """

    type: str
    parameters: Document
    seconds: float
    work: Callable[[], Document] = field(repr=False)
    late_seconds: float = 0.0
    after: float = 0.0


class Tasks:
    """The tasks of all projects, and their routes."""

    def __init__(self, world: World, mishaps: Mishaps, *, agenda: Agenda, clock: Clock) -> None:
        self._world = world
        self._mishaps = mishaps
        self._agenda = agenda
        self._clock = clock
        self._visible: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """The routes, and the rights that they need."""
        return [
            Route("GET", "/tasks", self._list, ("tasks", "read"), "tasks"),
            Route("GET", "/tasks/{}", self._get, ("tasks", "read")),
            Route("POST", "/tasks/{}/cancel", self._cancel, ("tasks", "update")),
        ]

    def start(self, job: Job, *, project: str, by: str) -> tuple[Document, float]:
        """Start a task; returns it, and the moment of its end unless it is cancelled."""
        now, settings = self._clock.monotonic(), self._mishaps.settings
        task = self._world.new(
            {
                "name": job.type,
                "type": job.type,
                "status": "queued",
                "parameters": job.parameters,
                "data": {},
                "currentStep": 0,
                "totalStep": 1,
                "failReason": None,
                "lastRunAt": None,
                "lastFinishedAt": None,
            },
            by=by,
        )
        self._world.tasks.add(task, parent=project)
        self._visible[task["_id"]] = now + settings.late_task_seconds
        begins = max(now + settings.queue_seconds, job.after)
        ends = begins + job.seconds
        self._agenda.add(begins, lambda moment: self._begin(task, moment))
        self._agenda.add(ends, lambda moment: self._end(task, job, moment))
        return task, ends

    def _begin(self, task: Document, moment: float) -> None:
        if task["status"] == "queued":
            task.update(status="active", lastRunAt=self._at(moment))

    def _end(self, task: Document, job: Job, moment: float) -> None:
        if task["status"] != "active":
            return
        data: dict[str, Any] = {}
        outcome: Document = {"status": "done", "currentStep": 1}
        try:
            data = job.work()
        except Failed as failure:
            outcome = {"status": "error", "failReason": str(failure)}
        except Cancelled:
            outcome = {"status": "cancelled"}
        task.update(outcome, lastFinishedAt=self._at(moment))
        self._agenda.add(moment + job.late_seconds, lambda _: task["data"].update(data))

    def _list(self, call: Call) -> Response:
        project = self._world.projects.get(call.request.query.get("projectId", ""))
        tasks = [task for task in self._world.tasks.of(project["_id"]) if self._is_visible(task)]
        return listed(call, tasks, settings=self._mishaps.settings)

    def _get(self, call: Call) -> Response:
        return answer(self._task(call))

    def _cancel(self, call: Call) -> Response:
        task = self._task(call)
        if task["status"] not in RUNNING:
            raise Refused(409, f"The task is {task['status']} and cannot be cancelled.")
        task.update(status="cancelling")
        moment = self._clock.monotonic() + self._mishaps.settings.queue_seconds
        self._agenda.add(
            moment,
            lambda at: task.update(status="cancelled", lastFinishedAt=self._at(at)),
        )
        return answer(task)

    def _task(self, call: Call) -> Document:
        task = self._world.tasks.get(call.ids[0], parent=call.request.query.get("projectId"))
        if not self._is_visible(task):
            raise Refused(404, f"Task {task['_id']} does not exist.")
        return task

    def _is_visible(self, task: Document) -> bool:
        return self._clock.monotonic() >= self._visible.get(task["_id"], -math.inf)

    def _at(self, moment: float) -> str:
        """A moment of the monotonic clock, as the wall clock has it."""
        ago = timedelta(seconds=self._clock.monotonic() - moment)
        return iso(self._clock.now() - ago)
