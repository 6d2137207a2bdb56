"""Record what a command has found that changes nothing else, as a run of its own in the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import History
from reconciler.model.listed import listed
from reconciler.model.project import Project
from reconciler.operations.origin import origin_of
from reconciler.operations.services import Services
from reconciler.planning.history import replay
from reconciler.ports import Ledger


@dataclass(frozen=True)
class Finding:
    """One event for the ledger: `slot_id` is the slot that it is about, if it is about one, and
    `data` what else it says. Rates are fractions."""

    event: str
    slot_id: str | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Recorded:
    """The findings that are in the ledger now; `problem` says why the others are not, if they
    could not be recorded."""

    findings: tuple[Finding, ...] = ()
    problem: str = ""


def record(
    findings: Sequence[Finding],
    *,
    still_holds: Callable[[Finding, History], bool],
    command: str,
    project: Project,
    services: Services,
    endpoint: Endpoint,
) -> Recorded:
    """Record those of the findings that still hold, and hold the ledger's lock for that moment.

    `still_holds` decides by what the ledger says under its lock, because an apply may have ended
    since the findings were made. Without any, nothing is opened or recorded. It never fails: what
    the lock or the file keeps from being recorded is the `problem`.
    """
    if not findings:
        return Recorded()
    try:
        with services.ledger.open(services.new_run_id()) as ledger:
            history = replay(ledger.lines, endpoint=endpoint)
            holding = tuple(each for each in findings if still_holds(each, history))
            if holding:
                _append(holding, ledger, command, project, services, endpoint)
    except (LedgerError, LockHeldError) as error:
        return Recorded(problem=_problem(findings, error))
    return Recorded(findings=holding)


def _append(
    findings: Sequence[Finding],
    ledger: Ledger,
    command: str,
    project: Project,
    services: Services,
    endpoint: Endpoint,
) -> None:
    """The lines of a run. It changes no slot, so no gate is off and no protection is lifted."""
    ledger.append(
        "run_started",
        command=command,
        target=endpoint.model_dump(),
        kind=endpoint.kind,
        digest=None,
        gate=True,
        protected=[],
        unprotected=[],
        **origin_of(project, services, reason=None),
    )
    for each in findings:
        about = {"slot_id": each.slot_id} if each.slot_id is not None else {}
        ledger.append(each.event, **about, **each.data)
    ledger.append("run_finished", summary=dict(Counter(each.event for each in findings)))


def _problem(findings: Sequence[Finding], error: LedgerError | LockHeldError) -> str:
    slots: dict[str, list[str]] = {}
    for each in findings:
        slots.setdefault(each.event, []).extend([each.slot_id] if each.slot_id is not None else [])
    missing = "; ".join(
        f"{event} of {listed(slot_ids)}" if slot_ids else event for event, slot_ids in slots.items()
    )
    return f"The ledger does not have {missing}: {error.message}"
