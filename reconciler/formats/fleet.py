"""The JSON of `fleet plan`, `fleet apply` and `fleet drift`, in one document or as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, JsonValue

from reconciler.errors import Interrupted, ReconcilerError, Refusal
from reconciler.formats.changes import Texts
from reconciler.formats.failure import FailureShape, failure_object, failure_of
from reconciler.formats.fleet_task import VERSION, ResultShape, require_version, result_object
from reconciler.formats.plan import parsed_plan_object, plan_object
from reconciler.formats.printing import printed, printed_line
from reconciler.formats.reading import LISTED, WORD, Count, Shape, parsed
from reconciler.model.base import rfc3339
from reconciler.model.fleet_run import (
    FleetAction,
    FleetReport,
    Group,
    Halt,
    StepReport,
    TargetResult,
)

_WHAT = "the JSON of a fleet"
_StepNumber = Annotated[int, Field(ge=1)]


class _Halt(Shape):
    step: _StepNumber
    reason: str
    targets: Texts = ()


class _Step(Shape):
    step: _StepNumber
    targets: Count
    ended: Count = 0
    failed: Count = 0
    max_failures: Count = 0
    baked_until: Annotated[datetime | None, WORD] = None
    is_done: bool = Field(default=False, validation_alias="done")


class GroupShape(Shape):
    """Targets with identical changes, and the plan of the first of them."""

    changes: str
    targets: Texts
    plan: dict[str, JsonValue]

    def value(self, *, source: str) -> Group:
        """The group; `source` names the document in messages. Raises PlanFileError."""
        plan = parsed_plan_object(self.plan, source=source)
        return Group(changes=self.changes, targets=self.targets, plan=plan)


class _Target(ResultShape):
    step: _StepNumber | None = None


class _Report(Shape):
    run_id: str | None
    action: Annotated[FleetAction, WORD]
    commit: str | None = None
    bundle: str = ""
    complete: bool
    refused: bool = False
    interrupted: bool = False
    halted: _Halt | None = None
    steps: Annotated[tuple[_Step, ...], LISTED] = ()
    groups: Annotated[tuple[GroupShape, ...], LISTED] = ()
    targets: Annotated[tuple[_Target, ...], LISTED] = ()
    not_begun: Texts = ()
    ledger_hash: str | None = None
    error: FailureShape | None = None


def fleet_json(report: FleetReport) -> str:
    """The JSON of a run of the fleet; it has an `error` if something ended the run early."""
    return printed(fleet_object(report))


def fleet_lines(report: FleetReport) -> Iterator[str]:
    """The same as JSON Lines: each target on a line of its own, then the rest, which alone has a
    `version`."""
    for result in report.results:
        yield printed_line(_target(result, report))
    yield _rest(fleet_object(report))


def failed_fleet_json(error: ReconcilerError, *, action: FleetAction) -> str:
    """The JSON of a run that failed before it began, so nothing was changed."""
    return printed(_failed_object(error, action=action))


def failed_fleet_line(error: ReconcilerError, *, action: FleetAction) -> str:
    """The same as JSON Lines, of which there is one."""
    return _rest(_failed_object(error, action=action))


def fleet_object(report: FleetReport) -> dict[str, Any]:
    """What `fleet_json` prints."""
    document: dict[str, Any] = {
        "version": VERSION,
        "run_id": report.run_id,
        "action": report.action.value,
        "commit": report.commit,
        "bundle": report.bundle,
        "exit_code": report.exit_code,
        "complete": report.is_complete,
        "refused": report.is_refused,
        "interrupted": report.is_interrupted,
        "halted": None if report.halt is None else report.halt.model_dump(mode="json"),
        "counts": {status.value: number for status, number in report.counts.items()},
        "steps": [step_object(each) for each in report.steps],
        "groups": [group_object(each) for each in report.groups],
        "targets": [_target(each, report) for each in report.results],
        "not_begun": list(report.not_begun),
        "ledger_hash": report.ledger_hash,
    }
    if report.error is not None:
        document["error"] = {"message": report.error, "hint": report.hint}
    return document


def parsed_fleet(document: Mapping[str, Any], *, source: str) -> FleetReport:
    """The report, whose results have no plan: that of each group has its own.

    `source` names the document in messages. Raises DocumentError, also for another version, and
    PlanFileError for a plan that was damaged.
    """
    require_version(document, source=source, what=_WHAT)
    shape = parsed(_Report, document, source=source, what=_WHAT)
    return FleetReport(
        run_id=shape.run_id,
        action=shape.action,
        commit=shape.commit,
        bundle=shape.bundle,
        results=tuple(each.value for each in shape.targets),
        not_begun=shape.not_begun,
        steps=tuple(StepReport(**each.model_dump()) for each in shape.steps),
        step_of={each.name: each.step for each in shape.targets if each.step is not None},
        groups=tuple(each.value(source=source) for each in shape.groups),
        halt=None if shape.halted is None else Halt(**shape.halted.model_dump()),
        is_complete=shape.complete,
        is_refused=shape.refused,
        is_interrupted=shape.interrupted,
        error=shape.error.message if shape.error else None,
        hint=shape.error.hint if shape.error else "",
        ledger_hash=shape.ledger_hash,
    )


def _rest(document: Mapping[str, Any]) -> str:
    return printed_line({key: each for key, each in document.items() if key != "targets"})


def _failed_object(error: ReconcilerError, *, action: FleetAction) -> dict[str, Any]:
    report = FleetReport(
        run_id=None,
        action=action,
        is_complete=False,
        is_refused=isinstance(error, Refusal),
        is_interrupted=isinstance(error, Interrupted),
        error=error.message,
        hint=error.hint,
    )
    return {**fleet_object(report), "error": failure_object(failure_of(error))}


def step_object(step: StepReport) -> dict[str, Any]:
    """How far a step is."""
    return {
        "step": step.step,
        "targets": step.targets,
        "ended": step.ended,
        "failed": step.failed,
        "max_failures": step.max_failures,
        "baked_until": None if step.baked_until is None else rfc3339(step.baked_until),
        "done": step.is_done,
    }


def group_object(group: Group) -> dict[str, Any]:
    """What GroupShape reads."""
    return {
        "changes": group.changes,
        "targets": list(group.targets),
        "plan": plan_object(group.plan),
    }


def _target(result: TargetResult, report: FleetReport) -> dict[str, Any]:
    return {**result_object(result), "step": report.step_of.get(result.name)}
