"""One target's part of a run of the fleet: its task → how it ended. It never raises an error."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.errors import (
    DefectError,
    Interrupted,
    LockHeldError,
    ReconcilerError,
    StalePlanError,
    SupersededError,
)
from reconciler.model.drift import DriftReport
from reconciler.model.event import Event, Warned
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.model.gate import VerdictResult
from reconciler.model.listed import listed
from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.proposal import PlanProposal, Proposal
from reconciler.model.quarantine import Quarantine
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.drift import DriftRequest, drift
from reconciler.operations.plan import plan
from reconciler.operations.services import Services
from reconciler.planning.fleet_groups import changes_digest
from reconciler.planning.fleet_quarantine import contents
from reconciler.planning.last_change import last_change
from reconciler.ports import Clock, Observer

logger = logging.getLogger(__name__)

_STALE = "The plan is stale: the tenant or the ledger has changed since it was made."
_MOST_WARNINGS = 10


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
            require_wanted=lambda: self._require_led(task),
        )
        result = _ACTIONS[task.action](task, project, services)
        return result.model_copy(update={"warnings": tuple(heard.messages[:_MOST_WARNINGS])})

    def _require_led(self, task: Task) -> None:
        """With the target's lock held, so that a later run cannot have begun here meanwhile."""
        if not self.is_led(task):
            raise SupersededError("The controller of this run does not live any more.")


def _planned(task: Task, project: Project, services: Services) -> TargetResult:
    made = plan(project, services)
    if made.changes:
        status = TargetStatus.DIFFERS
    else:
        status = TargetStatus.WAITING if made.waiting else TargetStatus.IN_SYNC
    return TargetResult(
        name=task.target,
        action=task.action,
        status=status,
        endpoint=made.endpoint,
        changes=changes_digest(made),
        digest=made.digest,
        summary=made.summary.model_dump(),
        plan=made,
    )


def _applied(task: Task, project: Project, services: Services) -> TargetResult:
    approval = _Approval(task.digest)
    report = apply(
        project,
        services,
        approval,
        ApplyRequest(retry_failed=task.retry_failed, reason=task.reason),
    )
    made = approval.plan
    return TargetResult(
        name=task.target,
        action=task.action,
        status=_status_of(report),
        exit_code=report.exit_code,
        endpoint=report.endpoint,
        run_id=report.run_id if report.ledger_hash else None,
        error=report.error or _first_failure(report),
        hint=report.hint,
        ledger_hash=report.ledger_hash,
        changed_at=_changed_at(report, services),
        changes=changes_digest(made) if made else "",
        summary={name: count for name, count in report.summary().items() if count},
        rejected=_rejected(made, report) if made else (),
    )


def _compared(task: Task, project: Project, services: Services) -> TargetResult:
    is_check = task.action is FleetAction.CHECK
    report = drift(project, services, DriftRequest(metrics=is_check or task.metrics))
    status, error = _health(report) if is_check else _drift_status(report)
    return TargetResult(
        name=task.target,
        action=task.action,
        status=status,
        exit_code=report.exit_code,
        endpoint=report.endpoint,
        error=error,
        summary={
            "drifted": len(report.changes),
            "unhealthy": len(report.judged(VerdictResult.FAILED)),
        },
    )


_ACTIONS: Mapping[FleetAction, Callable[[Task, Project, Services], TargetResult]] = {
    FleetAction.PLAN: _planned,
    FleetAction.APPLY: _applied,
    FleetAction.DRIFT: _compared,
    FleetAction.CHECK: _compared,
}


class _Approval:
    """Agrees to the plan with this digest, or to any if it is None, and to recovering what earlier
    runs left open."""

    def __init__(self, digest: str | None) -> None:
        self._digest = digest
        self.plan: Plan | None = None

    def confirm(self, proposal: Proposal) -> None:
        """Agree, and remember the plan. Raises StalePlanError."""
        if not isinstance(proposal, PlanProposal):
            return
        if self._digest is not None and proposal.plan.digest != self._digest:
            raise StalePlanError(_STALE, hint="Make a new plan of the fleet, and review it.")
        self.plan = proposal.plan


@dataclass(frozen=True)
class _Warnings:
    messages: list[str] = field(default_factory=list)

    def notice(self, event: Event) -> None:
        """Remember a warning."""
        if isinstance(event, Warned):
            self.messages.append(event.message)


def _rejected(made: Plan, report: RunReport) -> tuple[str, ...]:
    """The content that a gate rejected in this run, not in an earlier one."""
    slot_ids = {
        each.slot_id
        for each in report.outcomes
        if each.gate_stopped and each.status is not Status.SKIPPED
    }
    return contents(each for each in made.changes if each.slot_id in slot_ids)


def _changed_at(report: RunReport, services: Services) -> datetime | None:
    """When the target was last changed: it may have been in a run that was cut off before it could
    tell the fleet."""
    if report.endpoint is None:
        return None
    return last_change(services.ledger.lines(), endpoint=report.endpoint)


def _status_of(report: RunReport) -> TargetStatus:
    if report.interrupted:
        return TargetStatus.INTERRUPTED
    if any(each.gate_stopped for each in report.outcomes):
        return TargetStatus.REJECTED
    if report.exit_code:
        return TargetStatus.FAILED
    if any(each.stands for each in report.outcomes):
        return TargetStatus.VERIFIED
    return TargetStatus.WAITING if report.waiting else TargetStatus.IN_SYNC


def _first_failure(report: RunReport) -> str | None:
    failed = [each for each in report.outcomes if not each.stands and each.message]
    return f"{failed[0].slot_id}: {failed[0].message}" if failed else None


def _drift_status(report: DriftReport) -> tuple[TargetStatus, str | None]:
    if report.is_drifted:
        return TargetStatus.DIFFERS, None
    return _health(report)


def _health(report: DriftReport) -> tuple[TargetStatus, str | None]:
    """How a target is by its metrics; drift counts only where they are good."""
    fallen = sorted({*report.judged(VerdictResult.FAILED), *_failed_bakes(report)})
    if fallen:
        return TargetStatus.UNHEALTHY, f"Below the gate: {listed(fallen)}."
    if report.nothing_measured:
        return TargetStatus.FAILED, "None of the slots could be measured."
    return TargetStatus.DIFFERS if report.is_drifted else TargetStatus.IN_SYNC, None


def _failed_bakes(report: DriftReport) -> Iterator[str]:
    return (each.slot_id for each in report.failed_bakes)


def _failed(task: Task, error: ReconcilerError) -> TargetResult:
    return TargetResult(
        name=task.target,
        action=task.action,
        status=_status_of_error(error),
        exit_code=error.exit_code,
        error=error.message,
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
