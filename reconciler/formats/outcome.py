"""The JSON of `apply`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.errors import ReconcilerError
from reconciler.formats.changes import (
    EndpointShape,
    RejectionShape,
    Texts,
    WaitingShape,
    endpoint_object,
    waiting_json,
)
from reconciler.formats.failure import FailureShape
from reconciler.formats.printing import printed
from reconciler.formats.reading import LISTED, WORD, Count, Fraction, Shape, parsed
from reconciler.model.change import Action
from reconciler.model.gate import FailedAssert
from reconciler.model.outcome import Outcome, RunReport, Status


class _FailedAssert(Shape):
    playbook: str
    step: Count
    text: str
    kind: str
    expected: str
    actual: str
    keys: Texts = ()


class _Outcome(Shape):
    slot_id: str
    action: Annotated[Action, WORD]
    status: Annotated[Status, WORD]
    success_rate: Fraction | None = None
    baseline: Fraction | None = None
    message: str = ""
    gate_stopped: bool = False
    recovered: bool = False
    failed_asserts: Annotated[tuple[_FailedAssert, ...], LISTED] = ()

    @property
    def value(self) -> Outcome:
        """The outcome."""
        failed = tuple(FailedAssert(**each.model_dump()) for each in self.failed_asserts)
        rest = self.model_dump(exclude={"failed_asserts"})
        return Outcome(**rest, failed_asserts=failed)


class Run(Shape):
    """The shape of a run."""

    run_id: str | None
    endpoint: EndpointShape | None = Field(default=None, validation_alias="target")
    outcomes: Annotated[tuple[_Outcome, ...], LISTED]
    rejected: Annotated[tuple[RejectionShape, ...], LISTED] = ()
    waiting: Annotated[tuple[WaitingShape, ...], LISTED] = ()
    interrupted: bool = False
    snapshot: str | None = None
    ledger_hash: str | None = None
    seconds: Annotated[float, Field(ge=0)] | None = None
    error: FailureShape | None = None


def outcome_json(report: RunReport) -> str:
    """The JSON of a run; it has an `error` if something other than the gate ended the run early.

    `refused` is left out: only the exit code depends on it.
    """
    return printed(run_object(report))


def run_object(report: RunReport) -> dict[str, Any]:
    """What `outcome_json` prints."""
    document: dict[str, Any] = {
        "run_id": report.run_id,
        "target": endpoint_object(report.endpoint) if report.endpoint else None,
        "summary": report.summary(),
        "outcomes": [outcome_object(outcome) for outcome in report.outcomes],
        "rejected": [rejection.model_dump(mode="json") for rejection in report.rejected],
        "waiting": waiting_json(report.waiting),
        "interrupted": report.interrupted,
        "snapshot": report.snapshot,
        "ledger_hash": report.ledger_hash,
        "seconds": round(report.seconds, 3) if report.seconds is not None else None,
    }
    if report.error is not None:
        document["error"] = {"message": report.error, "hint": report.hint}
    return document


def outcome_object(outcome: Outcome) -> dict[str, Any]:
    """One outcome; `failed_asserts` are only where there are any."""
    hidden = set() if outcome.failed_asserts else {"failed_asserts"}
    return outcome.model_dump(mode="json", exclude=hidden)


def failed_outcome_json(error: ReconcilerError) -> str:
    """The JSON of an apply that failed before its run began, so nothing was changed."""
    return outcome_json(RunReport(run_id=None, error=error.message, hint=error.hint))


def parsed_outcome(document: Mapping[str, Any], *, source: str) -> RunReport:
    """The report, without what `outcome_json` leaves out.

    `source` names the document in messages. Raises DocumentError.
    """
    shape = parsed(Run, document, source=source, what="the JSON of an apply")
    return RunReport(
        run_id=shape.run_id,
        endpoint=shape.endpoint.value if shape.endpoint else None,
        outcomes=tuple(each.value for each in shape.outcomes),
        rejected=tuple(each.value for each in shape.rejected),
        waiting=tuple(each.value for each in shape.waiting),
        error=shape.error.message if shape.error else None,
        hint=shape.error.hint if shape.error else "",
        interrupted=shape.interrupted,
        snapshot=shape.snapshot,
        ledger_hash=shape.ledger_hash,
        seconds=shape.seconds,
    )
