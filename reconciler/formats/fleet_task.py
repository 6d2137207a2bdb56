"""What a controller and its workers send each other: a task, and how it ended, as JSON of one
line. A task holds no secret and no slot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, JsonValue

from reconciler.formats.changes import EndpointShape, Texts, endpoint_object
from reconciler.formats.plan import parsed_plan_object, plan_object
from reconciler.formats.printing import printed_line
from reconciler.formats.reading import WORD, Count, Shape, not_expected, parsed
from reconciler.model.base import rfc3339
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task

VERSION = 1
"""Of the JSON of a fleet. If a meaning changes, so does the number."""
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Task(Shape):
    run_id: str
    action: Annotated[FleetAction, WORD]
    target: str
    bundle: str
    origin: str = ""
    pool: str = ""
    fence: Annotated[int, Field(ge=0)] = 0
    metrics: bool = False
    digest: str | None = None
    reason: str | None = None
    retry_failed: bool = False
    quarantined: Texts = ()
    ledger_hash: str | None = None


class ResultShape(Shape):
    """How a target ended, without its plan."""

    name: str
    action: Annotated[FleetAction, WORD]
    endpoint: EndpointShape | None = Field(default=None, validation_alias="target")
    status: Annotated[TargetStatus, WORD]
    exit_code: int = 0
    run_id: str | None = None
    worker: str = ""
    attempts: Count = 1
    error: str | None = None
    hint: str = ""
    ledger_hash: str | None = None
    ended_at: Annotated[datetime | None, WORD] = None
    changed_at: Annotated[datetime | None, WORD] = None
    seconds: Seconds = 0.0
    changes: str = ""
    digest: str | None = None
    summary: dict[str, Count] = Field(default_factory=dict)
    rejected: Texts = ()
    warnings: Texts = ()

    @property
    def value(self) -> TargetResult:
        """The result."""
        fields = {name: getattr(self, name) for name in _FIELDS if name != "endpoint"}
        return TargetResult(**fields, endpoint=self.endpoint.value if self.endpoint else None)


class _Answer(ResultShape):
    version: int
    plan: dict[str, JsonValue] | None = None


_FIELDS = tuple(ResultShape.model_fields)


def task_json(task: Task) -> str:
    """One task, as a line."""
    return printed_line({"version": VERSION, **task.model_dump(mode="json")})


def parsed_task(document: Mapping[str, Any], *, source: str) -> Task:
    """The task. `source` names the document in messages. Raises DocumentError, also for a task of
    another version."""
    require_version(document, source=source, what="a task of a fleet")
    shape = parsed(_Task, document, source=source, what="a task of a fleet")
    return Task(**{name: getattr(shape, name) for name in _Task.model_fields})


def result_json(result: TargetResult) -> str:
    """How one task ended, with the plan if it made one, as a line."""
    plan = None if result.plan is None else plan_object(result.plan)
    return printed_line({"version": VERSION, **result_object(result), "plan": plan})


def parsed_result(document: Mapping[str, Any], *, source: str) -> TargetResult:
    """The result. `source` names the document in messages. Raises DocumentError, also for a result
    of another version, and PlanFileError for a plan that was damaged."""
    what = "the result of a task"
    require_version(document, source=source, what=what)
    shape = parsed(_Answer, document, source=source, what=what)
    plan = None if shape.plan is None else parsed_plan_object(shape.plan, source=source)
    return shape.value.model_copy(update={"plan": plan})


def result_object(result: TargetResult) -> dict[str, Any]:
    """What ResultShape reads."""
    return {
        "name": result.name,
        "action": result.action.value,
        "target": None if result.endpoint is None else endpoint_object(result.endpoint),
        "status": result.status.value,
        "exit_code": result.exit_code,
        "run_id": result.run_id,
        "worker": result.worker,
        "attempts": result.attempts,
        "error": result.error,
        "hint": result.hint,
        "ledger_hash": result.ledger_hash,
        "ended_at": None if result.ended_at is None else rfc3339(result.ended_at),
        "changed_at": None if result.changed_at is None else rfc3339(result.changed_at),
        "seconds": round(result.seconds, 3),
        "changes": result.changes,
        "digest": result.digest,
        "summary": dict(result.summary),
        "rejected": list(result.rejected),
        "warnings": list(result.warnings),
    }


def require_version(document: Mapping[str, Any], *, source: str, what: str) -> None:
    """Raises DocumentError unless this version wrote the document, or one that means the same."""
    if document.get("version") != VERSION:
        raise not_expected(source, what, f"its version is not {VERSION}.")
