"""Training a flow: one task for each locale of the project, and its end.

wait until nobody trains the flow
  │
start ─┬─ 409 ───────────> wait, and start again
  │    └─ answer lost ───> look for the task that it began, before it is ever sent again
  │
task ──┬─ queued, active ─> look again
       ├─ done
       └─ error, cancelled, or not ended in time: the flow cannot be trained
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose, Right
from reconciler.adapters.cognigy.v2.directory import Directory, Resource
from reconciler.adapters.cognigy.v2.tasks import RUNNING, Tasks, begun_by, reason_of
from reconciler.errors import (
    ConflictError,
    OutcomeUnknownError,
    TenantError,
    TrainingTimeoutError,
    UntrainableError,
)
from reconciler.model.event import Warned
from reconciler.model.settings import Training as Settings
from reconciler.ports import Clock, Observer

_MOST_STARTS = 3
_LOOKS_FOR_A_LOST_TASK = 3
_FLOW_PARAMETERS = ("flowId", "flowReferenceId", "flowReference")


class Training:
    """The training of a project's flows."""

    def __init__(
        self,
        calls: Calls,
        *,
        directory: Directory,
        tasks: Tasks,
        settings: Settings,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self._calls = calls
        self._directory = directory
        self._tasks = tasks
        self._settings = settings
        self._clock = clock
        self._observer = observer
        self._warned: set[str] = set()

    def train(self, flow: Resource) -> None:
        """Train the flow in every locale. Raises UntrainableError if that ends with an error, is
        cancelled, or takes too long; and OutcomeUnknownError if it is not known whether it was
        started.

        Warns where the tenant still calls the flow out of date.
        """
        for locale in self._directory.locales:
            self._train(flow, locale)
        if flow.id not in self._warned and self._is_out_of_date(flow):
            self._warned.add(flow.id)
            self._observer.notice(
                Warned(
                    message=f"The flow {flow.name} was trained in every locale, but the tenant "
                    "still calls its training out of date. Somebody else may have changed it."
                )
            )

    def _is_out_of_date(self, flow: Resource) -> bool:
        purpose = Purpose(about=f"Reading the flow {flow.name}", right=Right.READ_FLOWS)
        try:
            shown = self._calls.get(f"/flows/{segment(flow.id)}", purpose=purpose)
        except TenantError:  # it is trained anyway
            return False
        return shown.get("isTrainingOutOfDate") is True

    def _train(self, flow: Resource, locale: Resource) -> None:
        about = f"Training the flow {flow.name} in {locale.name}"
        task_id = self._started(flow, locale, about=about)
        task = self._tasks.ended(
            task_id,
            about=about,
            every=self._settings.poll_interval_seconds,
            until=self._deadline,
        )
        if task is None:
            raise self._too_late(about, f"the task {task_id} has not ended")
        if task["status"] != "done":
            raise UntrainableError(f"{about} ended with {reason_of(task)}.")

    @property
    def _deadline(self) -> float:
        return self._clock.monotonic() + self._settings.timeout_seconds

    def _started(self, flow: Resource, locale: Resource, *, about: str) -> str:
        """The id of the task."""
        deadline = self._deadline
        known = self._await_others(flow, about=about, deadline=deadline)
        starts = 0
        while True:
            try:
                return self._start(flow, locale, about=about)
            except ConflictError as refused:
                if not self._tasks.pause(self._settings.poll_interval_seconds, until=deadline):
                    raise self._too_late(about, refused.message) from refused
            except OutcomeUnknownError:
                starts += 1
                begun = self._lost_task(flow, locale, known=known, deadline=deadline)
                if begun is not None:
                    return begun
                if starts == _MOST_STARTS:
                    raise

    def _start(self, flow: Resource, locale: Resource, *, about: str) -> str:
        answer = self._calls.send(
            "POST",
            f"/flows/{segment(flow.id)}/intents/train",
            purpose=Purpose(about=about, right=Right.TRAIN),
            # `quick` skips states and the conditions of intents.
            json={"localeId": locale.id, "mode": "full"},
        )
        return begun_by(answer, about=about)

    def _await_others(self, flow: Resource, *, about: str, deadline: float) -> Collection[str]:
        """Wait until nobody trains the flow. Returns the trainings of it that are known by then."""
        while True:
            trainings = [task for task in self._tasks.recent() if _trains(task, flow)]
            running = [task for task in trainings if task.get("status") in RUNNING]
            if not running:
                return {task["_id"] for task in trainings}
            if not self._tasks.pause(self._settings.poll_interval_seconds, until=deadline):
                raise self._too_late(about, f"another training, {running[0]['_id']}, is running")

    def _lost_task(
        self, flow: Resource, locale: Resource, *, known: Collection[str], deadline: float
    ) -> str | None:
        """The task that a request without an answer has begun, if it did."""
        for _ in range(_LOOKS_FOR_A_LOST_TASK):
            if not self._tasks.pause(self._settings.poll_interval_seconds, until=deadline):
                return None
            for task in self._tasks.recent():
                is_new = task["_id"] not in known and _trains(task, flow)
                if is_new and _parameters(task).get("localeId", locale.id) == locale.id:
                    return str(task["_id"])
        return None

    def _too_late(self, about: str, what: str) -> TrainingTimeoutError:
        return TrainingTimeoutError(
            f"{about}: {what.rstrip('.')}, after {self._settings.timeout_seconds:g} s.",
            hint="Look at the task manager in the console, or raise train.timeout_seconds.",
        )


def _trains(task: Document, flow: Resource) -> bool:
    """Whether the task trains this flow, or may: not every tenant says which one."""
    if task.get("type") != "trainIntents":
        return False
    parameters = _parameters(task)
    flows = {parameters[name] for name in _FLOW_PARAMETERS if name in parameters}
    return not flows or not flows.isdisjoint({flow.id, flow.reference_id})


def _parameters(task: Document) -> dict[str, str]:
    parameters = task.get("parameters")
    if not isinstance(parameters, dict):
        return {}
    return {name: value for name, value in parameters.items() if isinstance(value, str)}
