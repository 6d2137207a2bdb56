"""Playbooks: run one after the other, in each locale, and counted.

schedule ──> task ─┬─ done ──> its playbookRunId, late ──> the run, 404 at first
                   └─ error, cancelled

Each wait ends when the suite's time is up, which is no measurement, or when the caller's is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reconciler.adapters.cognigy.paths import segment
from reconciler.adapters.cognigy.v2.asserts import Outcome, count, outcome
from reconciler.adapters.cognigy.v2.calls import Calls, Document, Purpose, Right
from reconciler.adapters.cognigy.v2.directory import Directory, Resource
from reconciler.adapters.cognigy.v2.tasks import Tasks, reason_of
from reconciler.errors import (
    ConflictError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    UnavailableError,
)
from reconciler.model.gate import Measurement, NotMeasured, PlaybookSuite, Reading
from reconciler.ports import Clock

_FINISHED = frozenset({"successful", "failed"})
_FAILED_TASKS = frozenset({"error", "cancelled"})


@dataclass(frozen=True)
class _Run:
    """A playbook that is to be run, or has been: what it is called, and how long it may take."""

    playbook: Resource
    flow: Resource
    locale: Resource
    name: str
    every: float
    until: float
    is_hurried: bool
    """Whether `until` is the caller's, rather than the suite's own."""

    @property
    def about(self) -> str:
        return f"Running the playbook {self.name}"

    @property
    def path(self) -> str:
        return f"/playbooks/{segment(self.playbook.id)}"


class _Failed(Exception):
    """A run that brought no result; the message says why."""


class Playbooks:
    """The playbooks of one project."""

    def __init__(self, calls: Calls, *, directory: Directory, tasks: Tasks, clock: Clock) -> None:
        self._calls = calls
        self._directory = directory
        self._tasks = tasks
        self._clock = clock

    def reason_unmeasurable(self, suite: PlaybookSuite) -> str:
        """Why the suite cannot measure anything; "" if it can. One request for each playbook."""
        if not suite.playbooks:
            return (
                "no playbook is named. Name those that test the slot in gate.playbooks, or say "
                "gate: {enabled: false}"
            )
        reasons = [self._directory.reason_no_playbook(each) for each in suite.playbooks]
        reasons += [self._directory.reason_no_locale(each) for each in suite.locales]
        if not any(reasons):
            reasons += [
                f"the playbook {each!r} has no asserts, so it measures nothing"
                for each in suite.playbooks
                if not count(self._definition(self._directory.playbook(each)))
            ]
        return "; ".join(dict.fromkeys(filter(None, reasons)))

    def measure(self, suite: PlaybookSuite, *, until: float) -> Reading:
        """The share of all asserts that passed; NotMeasured where a run brought no result.

        Raises UnavailableError if it takes until `until`, a time of Clock.monotonic.
        """
        flow = self._directory.flow(suite.flow)
        locales = [self._directory.locale(each) for each in suite.locales]
        places = [(locale, f" in {locale.name}") for locale in locales]
        places = places or [(self._directory.primary_locale, "")]
        outcomes = []
        try:
            for playbook in map(self._directory.playbook, suite.playbooks):
                for locale, suffix in places:
                    deadline = self._clock.monotonic() + suite.timeout_seconds
                    run = _Run(
                        playbook=playbook,
                        flow=flow,
                        locale=locale,
                        name=f"{playbook.name}{suffix}",
                        every=suite.poll_interval_seconds,
                        until=min(deadline, until),
                        is_hurried=until <= deadline,
                    )
                    outcomes.append(self._outcome(run))
        except _Failed as failed:
            return NotMeasured(reason=str(failed))
        return _measurement(outcomes)

    def _outcome(self, run: _Run) -> Outcome:
        definition = self._definition(run.playbook)
        task_id = self._scheduled(run)
        result = self._result(run, self._run_id(run, task_id))
        return outcome(definition, result, playbook=run.name)

    def _definition(self, playbook: Resource) -> Document:
        purpose = Purpose(about=f"Reading the playbook {playbook.name}", right=Right.READ_PLAYBOOKS)
        definition = self._calls.get(f"/playbooks/{segment(playbook.id)}", purpose=purpose)
        if not isinstance(definition.get("steps"), list):
            raise MalformedResponseError(f"{purpose.about}: the tenant sent no list of `steps`.")
        return definition

    def _scheduled(self, run: _Run) -> str:
        """The id of the task that runs it."""
        while True:
            try:
                answer = self._calls.send(
                    "POST",
                    f"{run.path}/schedule",
                    purpose=Purpose(about=run.about, right=Right.RUN_PLAYBOOKS),
                    json={
                        "entrypoint": self._calls.project_id,
                        "flowId": run.flow.reference_id,
                        # A training takes a locale's id, a playbook its reference id.
                        "localeId": run.locale.reference_id,
                    },
                    until=run.until,
                )
            except ConflictError as refused:  # a project runs ten playbooks at a time
                self._pause(run, refused.message.rstrip("."))
                continue
            except OutcomeUnknownError as error:
                # A run changes no slot, so it may be started once more.
                raise _Failed(error.message.rstrip(".")) from error
            task_id = answer.body.get("_id") if isinstance(answer.body, dict) else None
            if not isinstance(task_id, str):
                raise MalformedResponseError(f"{run.about}: the tenant answered without a task.")
            return task_id

    def _run_id(self, run: _Run, task_id: str) -> str:
        """The id that the task has once it has ended, or a while later."""
        status: object = "not shown"
        while True:
            self._pause(run, f"the task {task_id} is {status}, and has no result")
            try:
                task = self._tasks.read(task_id, about=run.about, until=run.until)
            except (NotFoundError, UnavailableError):
                continue
            status, data = task.get("status"), task.get("data")
            run_id = data.get("playbookRunId") if isinstance(data, dict) else None
            if isinstance(run_id, str):
                return run_id
            if status in _FAILED_TASKS:
                raise _Failed(f"{run.about} ended with {reason_of(task)}")

    def _result(self, run: _Run, run_id: str) -> Document:
        """The run, which may be answered 404 for a while, and have no end yet."""
        while True:
            purpose = Purpose(about=run.about, right=Right.READ_PLAYBOOKS)
            path = f"{run.path}/runs/{segment(run_id)}"
            try:
                result = self._calls.get(path, purpose=purpose, until=run.until)
            except (NotFoundError, UnavailableError):
                result = {}
            if result.get("status") in _FINISHED:
                if isinstance(result.get("stepResults"), list):
                    return result
                raise MalformedResponseError(f"{run.about}: the run has no list of `stepResults`.")
            self._pause(run, f"the run {run_id} cannot be read yet")

    def _pause(self, run: _Run, why: str) -> None:
        if not self._tasks.pause(run.every, until=run.until):
            message = f"{run.about} took too long: {why}"
            raise UnavailableError(f"{message}.") if run.is_hurried else _Failed(message)


def _measurement(outcomes: Sequence[Outcome]) -> Reading:
    asserts = sum(each.asserts for each in outcomes)
    failed = tuple(each for one in outcomes for each in one.failed)
    if not asserts:
        return NotMeasured(reason="the playbooks have no asserts")
    return Measurement(
        success_rate=(asserts - len(failed)) / asserts, sample_count=asserts, failed_asserts=failed
    )
