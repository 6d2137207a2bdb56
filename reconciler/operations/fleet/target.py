"""One target's part of a run of the fleet: its task → how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reconciler.errors import (
    DefectError,
    Interrupted,
    LockHeldError,
    ManifestError,
    PlanningError,
    ReconcilerError,
    StalePlanError,
    SupersededError,
)
from reconciler.model.event import Event, Warned
from reconciler.model.fleet_run import TargetResult, TargetStatus, Task
from reconciler.model.project import Project
from reconciler.model.quarantine import Quarantine
from reconciler.operations.fleet.actions import result_of
from reconciler.operations.fleet.at_work import working_on
from reconciler.operations.services import Services
from reconciler.ports import Clock, Observer

logger = logging.getLogger(__name__)

_MOST_WARNINGS = 10
_MOST_PROBLEMS = 5


@dataclass(frozen=True)
class TargetWork:
    """What it takes to work on targets: `project_of` gives a target's project, and `services_of`
    its adapters, whose events go to an observer. Both raise ReconcilerError. `worker` says who
    works. `is_led` says whether the controller that asks for a task lives: one that was begun long
    ago, and was suspended since, must not put older files over those of a later run. `passing` are
    the errors that are raised, because another attempt may not meet them."""

    project_of: Callable[[Task], Project]
    services_of: Callable[[Task, Project, Observer], Services]
    clock: Clock
    worker: str
    is_led: Callable[[Task], bool] = lambda _task: True
    passing: tuple[type[ReconcilerError], ...] = ()

    def __call__(self, task: Task) -> TargetResult:
        """Do the task. Raises nothing but the `passing` errors."""
        began = self.clock.monotonic()
        try:
            with working_on(task.target):
                result = self._done(task)
        except self.passing:
            raise
        except ReconcilerError as error:
            result = _failed(task, error)
        except Exception as error:  # a bug in one target's run must not stop the others
            logger.debug("The bug:", exc_info=error)
            result = _failed(task, DefectError(error))
        return result.model_copy(
            update={
                "worker": self.worker,
                "ended_at": self.clock.now(),
                "seconds": self.clock.monotonic() - began,
            }
        )

    def _done(self, task: Task) -> TargetResult:
        project = self.project_of(task)
        heard = _Warnings()
        services = replace(
            self.services_of(task, project, heard),
            quarantine=Quarantine(contents=frozenset(task.quarantined), run_id=task.run_id),
            ledger_hash=task.ledger_hash,
            require_wanted=lambda: self._require_led(task),
        )
        result = result_of(task, project, services)
        return result.model_copy(update={"warnings": tuple(heard.messages[:_MOST_WARNINGS])})

    def _require_led(self, task: Task) -> None:
        """With the target's lock held, so that a later run cannot have begun here meanwhile."""
        if not self.is_led(task):
            raise SupersededError("The controller of this run is not running any more.")


@dataclass(frozen=True)
class _Warnings:
    messages: list[str] = field(default_factory=list)

    def notice(self, event: Event) -> None:
        """Remember a warning."""
        if isinstance(event, Warned):
            self.messages.append(event.message)


def _failed(task: Task, error: ReconcilerError) -> TargetResult:
    problems = error.problems if isinstance(error, (ManifestError, PlanningError)) else ()
    lines = [f"{each.source}: {each.message}. {each.hint}".strip() for each in problems]
    more = [f"and {len(lines) - _MOST_PROBLEMS} more"] if len(lines) > _MOST_PROBLEMS else []
    return TargetResult(
        name=task.target,
        action=task.action,
        status=_status_of_error(error),
        exit_code=error.exit_code,
        error="\n".join([error.message, *lines[:_MOST_PROBLEMS], *more]),
        hint=error.hint,
    )


def _status_of_error(error: ReconcilerError) -> TargetStatus:
    if isinstance(error, StalePlanError):
        return TargetStatus.STALE
    if isinstance(error, LockHeldError):
        return TargetStatus.HELD
    if isinstance(error, SupersededError):
        return TargetStatus.NOT_BEGUN
    return TargetStatus.INTERRUPTED if isinstance(error, Interrupted) else TargetStatus.FAILED
