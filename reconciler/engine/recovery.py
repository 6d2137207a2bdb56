"""Settling what an earlier run left open: a crash, a power cut, a tenant out of reach.

The ledger has the intention on disk before each write, so it says what may have happened, and the
live slot says what did:

    the gate had rejected it     put it back (never judge it again)
    live is as it was to be      stored: judge it, by the baselines in the ledger
    live is as it was before     not stored: nothing happened
    live is neither              somebody else changed it: report it, and touch nothing
"""

from __future__ import annotations

from enum import Enum

from reconciler.engine.change import Rules, resume_change
from reconciler.engine.write import foreign_edit
from reconciler.model.change import Action, Change
from reconciler.model.gate import Verdict, VerdictResult
from reconciler.model.ledger import OpenChange, Stage
from reconciler.model.outcome import Outcome, Status
from reconciler.model.slot import CanonicalSlot, LiveSlot
from reconciler.ports import Ports


class Finding(str, Enum):
    """What became of the write that was left open."""

    STORED = "stored"
    NOT_STORED = "not_stored"
    FOREIGN = "foreign"


def settle(open_change: OpenChange, *, rules: Rules, ports: Ports) -> Outcome:
    """Bring one open change to its end, and record how.

    Raises TenantError while the tenant does not answer, which leaves it open, and LedgerError.
    """
    before = ports.tenant.revive(open_change.before) if open_change.before is not None else None
    change = _change(open_change, before=before)
    live = ports.tenant.read_slot(open_change.slot_id)
    finding = _finding(change, live)
    rejected = _rejection(open_change)
    if rejected is not None and finding is Finding.NOT_STORED:
        finding = Finding.STORED  # it is put back already, and only has to be confirmed
    ports.ledger.append(
        "change_recovered",
        slot_id=change.slot_id,
        outcome=finding.value,
        of_run=open_change.run_id,
    )
    if finding is Finding.STORED:
        outcome = resume_change(
            change,
            before=before,
            baselines=open_change.baselines,
            rejected=rejected,
            rules=rules,
            ports=ports,
        )
    else:
        outcome = _not_ours(change, live, finding=finding)
    message = f"left open by run {open_change.run_id}: {outcome.message}"
    return outcome.model_copy(update={"recovered": True, "message": message})


def _change(open_change: OpenChange, *, before: LiveSlot | None) -> Change:
    after = open_change.after
    return Change(
        slot_id=open_change.slot_id,
        name=(after.name if after else None) or open_change.slot_id,
        action=open_change.action,
        wave=0,
        before=before.canonical if before else None,
        after=after,
        trigger_retrain=open_change.trigger_retrain,
    )


def _finding(change: Change, live: LiveSlot | None) -> Finding:
    found = live.canonical if live else None
    if found == _wanted(change):
        return Finding.STORED
    return Finding.NOT_STORED if found == change.before else Finding.FOREIGN


def _wanted(change: Change) -> CanonicalSlot | None:
    return change.after.canonical() if change.after else None


def _rejection(open_change: OpenChange) -> Verdict | None:
    if open_change.stage is not Stage.REJECTED:
        return None
    return Verdict(
        result=VerdictResult.FAILED,
        stands=False,
        reason=open_change.reason,
        success_rate=open_change.success_rate,
        baseline=open_change.baselines.get(open_change.slot_id),
    )


def _not_ours(change: Change, live: LiveSlot | None, *, finding: Finding) -> Outcome:
    status, message = Status.SKIPPED, "it was never stored"
    if finding is Finding.FOREIGN:
        status = Status.FAILED
        message = foreign_edit(
            change.slot_id,
            former=change.before,
            wanted=_wanted(change),
            found=live.canonical if live else None,
        ).message
    return Outcome(
        slot_id=change.slot_id, action=Action(change.action), status=status, message=message
    )
