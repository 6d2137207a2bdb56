"""The report of a run that a second interrupt cuts off.

The current change was abandoned in the middle of a step, so only the ledger says how far it got.
Nothing more is sent or recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reconciler.model.change import Action
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry
from reconciler.model.outcome import Outcome, RunReport, Status

_LEFT_OPEN = "the ledger holds it as open, and the next apply recovers it"
_ENDS = {
    "gate_passed": Status.VERIFIED,
    "change_rolled_back": Status.ROLLED_BACK,
    "rollback_failed": Status.ROLLBACK_FAILED,
    "change_failed": Status.FAILED,
}
_UNFINISHED = {
    "change_started": "in progress, and possibly stored",
    "change_applied": "stored but not judged",
    "change_recovered": "found stored but not judged",
    "gate_failed": "rejected by the gate but not rolled back yet",
    "gate_inconclusive": "not measurable and not rolled back yet",
    "rollback_started": "being rolled back, and possibly done",
}
_RECOVERED_UNSTORED = {
    "not_stored": (Status.SKIPPED, "it was never stored"),
    "foreign": (Status.FAILED, "someone else changed it in the meantime, so nothing was written"),
}


def outcome_so_far(slot_id: str, action: Action, entries: Sequence[Entry]) -> Outcome:
    """The outcome by the run's entries about this change, oldest first; FAILED if it has not
    ended."""
    status, message, last = Status.FAILED, f"not checked yet; {_LEFT_OPEN}", None
    for last in entries:
        status, message = _described(last, action)
    gates = [entry for entry in entries if entry.event.startswith("gate_")]
    reason = str(gates[-1].data.get("reason") or "") if gates else ""
    if gates and last is not gates[-1]:
        message = f"{reason}; {message}"
    return Outcome(
        slot_id=slot_id,
        action=action,
        status=status,
        message=message,
        success_rate=gates[-1].rate("success_rate") if gates else None,
        baseline=entries[0].rate("baseline") if entries else None,
        gate_stopped=bool(gates) and not _stands(gates[-1]),
    )


def since_begun(slot_id: str, entries: Sequence[Entry]) -> Sequence[Entry]:
    """The run's entries about this change of the plan; none if it was not begun.

    Entries before its `change_started` are about a change that recovery has ended.
    """
    own = [entry for entry in entries if entry.data.get("slot_id") == slot_id]
    starts = [number for number, entry in enumerate(own) if entry.event == "change_started"]
    return own[starts[-1] :] if starts else ()


def cut_off_report(
    run_id: str, *, outcomes: tuple[Outcome, ...], still_open: Collection[str], endpoint: Endpoint
) -> RunReport:
    """The report of a run that was stopped immediately; `still_open` are the slots with an open
    change in the ledger.

    It has no ledger hash, because the last line may be incomplete.
    """
    error, hint = None, ""
    if any(outcome.slot_id in still_open for outcome in outcomes):
        error = "Stopped at once: changes that were already stored are live and may not be judged."
        hint = f"The next apply recovers it. See: reconciler audit show --run {run_id}"
    return RunReport(
        run_id=run_id,
        endpoint=endpoint,
        outcomes=outcomes,
        error=error,
        hint=hint,
        interrupted=True,
    )


def _described(entry: Entry, action: Action) -> tuple[Status, str]:
    said = str(entry.data.get("reason") or entry.data.get("note") or "")
    if entry.event == "gate_inconclusive" and _stands(entry):
        unjudged = entry.data.get("unjudged") is True
        return (Status.UNJUDGED if unjudged else Status.INCONCLUSIVE), said
    recovered = _RECOVERED_UNSTORED.get(str(entry.data.get("outcome")))
    if recovered is not None:
        return recovered
    if entry.event in _ENDS:
        return _ENDS[entry.event], said
    state = _UNFINISHED.get(entry.event, "in progress")
    if action is Action.DELETE and entry.event == "change_applied":
        state = "deleted but not yet read back as gone"
    return Status.FAILED, f"{state}; {_LEFT_OPEN}"


def _stands(entry: Entry) -> bool:
    return entry.event == "gate_passed" or entry.data.get("stands") is True
