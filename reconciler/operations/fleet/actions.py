"""What a run of the fleet does in one target: its task and project → how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from reconciler.errors import StalePlanError
from reconciler.model.drift import DriftReport
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.model.gate import VerdictResult
from reconciler.model.ledger import Entry
from reconciler.model.listed import listed
from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.promotion import Waiting
from reconciler.model.proposal import PlanProposal, Proposal
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.drift import DriftRequest, drift
from reconciler.operations.plan import plan
from reconciler.operations.services import Services
from reconciler.planning.fleet_groups import changes_digest
from reconciler.planning.fleet_quarantine import contents
from reconciler.planning.last_change import last_change
from reconciler.reports.waiting import waiting_sentences

Lines = Sequence[Entry | None]

_MOST_REASONS = 5
_STALE = "The plan is stale: the tenant or the ledger has changed since it was made."


def result_of(task: Task, project: Project, services: Services) -> TargetResult:
    """Do what the task asks for. Raises ReconcilerError if that did not begin."""
    return _ACTIONS[task.action](task, project, services)


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
        hint=_awaited(made.waiting),
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
        hint=report.hint or _awaited(report.waiting),
        ledger_hash=report.ledger_hash,
        changed_at=_changed_at(report, services.ledger.lines()),
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


def _rejected(made: Plan, report: RunReport) -> tuple[str, ...]:
    """The content that a gate rejected in this run, not in an earlier one."""
    slot_ids = {
        each.slot_id
        for each in report.outcomes
        if each.gate_stopped and each.status is not Status.SKIPPED
    }
    return contents(each for each in made.changes if each.slot_id in slot_ids)


def _awaited(waiting: Sequence[Waiting]) -> str:
    """What changes wait for, if any do."""
    sentences = waiting_sentences(waiting)
    more = len(sentences) - _MOST_REASONS
    return "\n".join([*sentences[:_MOST_REASONS], *([f"And {more} more reasons."] * (more > 0))])


def _changed_at(report: RunReport, lines: Lines) -> datetime | None:
    """When the target was last changed: it may have been in a run that was cut off before the fleet
    heard of it."""
    if report.endpoint is None:
        return None
    return last_change(lines, endpoint=report.endpoint)


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
