"""What the events of the fleet's chain hold, for the fold in `planning.fleet_history`."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.errors import LedgerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_history import PlannedStep
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus
from reconciler.model.ledger import Entry


class EventData(BaseModel):
    """The data of an event, as JSON has it. Later versions may record more."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Started(EventData):
    """Of `fleet_started`."""

    action: FleetAction
    bundle: str = ""
    commit: str | None = None
    actor: str | None = None
    reason: str | None = None
    tool_version: str | None = None
    selection: str = ""
    retry_failed: bool = False
    accept_loss: bool = False
    targets: int = Field(ge=0)
    continues: str | None = None
    steps: tuple[PlannedStep, ...] = ()


class Ended(EventData):
    """Of `target_ended`."""

    target: str
    endpoint: Endpoint | None = None
    status: TargetStatus
    exit_code: int = 0
    target_run_id: str | None = None
    ledger_hash: str | None = None
    worker: str = ""
    attempts: int = 1
    seconds: float = Field(default=0, ge=0)
    ended_at: datetime | None = None
    step: int = Field(ge=1)
    error: str | None = None
    hint: str = ""
    phase: FleetAction
    changed_at: datetime | None = None
    rejected: tuple[str, ...] = ()


_OF_RESULT = tuple(
    name for name in Ended.model_fields if name in TargetResult.model_fields and name != "ended_at"
)
"""What is recorded of a result under its own name. It is read for each of many targets."""


class StepData(EventData):
    """Of `step_ended` and `step_judged`."""

    step: int = Field(ge=1)
    baked_until: datetime | None = None


class Halted(EventData):
    """Of `halted`."""

    step: int
    reason: str
    targets: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()


class Finished(EventData):
    """Of `fleet_finished`."""

    complete: bool


DataT = TypeVar("DataT", bound=EventData)


def data_of(shape: type[DataT], entry: Entry) -> DataT:
    """The data of an entry. Raises LedgerError if it cannot be understood."""
    try:
        return shape.model_validate(dict(entry.data), strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise unclear(entry, f"`{place}`: {first['msg']}") from error


def unclear(entry: Entry, reason: str) -> LedgerError:
    """The error for an entry that cannot be understood, for this reason."""
    return LedgerError(
        f"Line {entry.seq} of the fleet's ledger, {entry.event}, cannot be understood: {reason}.",
        hint="Another version wrote it, or someone edited it: let COGNIGY_AUDIT_LOG name that "
        "ledger, and run `reconciler audit verify`.",
    )


def result_of(data: Ended, entry: Entry) -> TargetResult:
    """How a target ended, by this entry with this data."""
    return TargetResult(
        name=data.target,
        action=data.phase,
        run_id=data.target_run_id,
        ended_at=data.ended_at or entry.moment,
        **{name: getattr(data, name) for name in _OF_RESULT},
    )
