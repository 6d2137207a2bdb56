"""Content that a gate rejected in one target of a fleet, kept away from all others."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from reconciler.model.change import Change
from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, change_identity, content_identity
from reconciler.model.plan import Plan

REASON = "its gate rejected it in another target of the fleet"


def content_of(change: Change) -> str:
    """The identity of what the change leaves in its slot, the same in every target."""
    return content_identity(slot_id=change.slot_id, after=change.after, managed=change.managed)


def contents(changes: Iterable[Change]) -> tuple[str, ...]:
    """The identities of what these changes leave in their slots; a deletion leaves nothing."""
    return tuple(sorted({content_of(each) for each in changes if each.after is not None}))


def with_quarantine(
    history: History, plan: Plan, *, quarantined: Collection[str], run_id: str
) -> History:
    """The history of the plan's endpoint, in which those of the plan's changes are rejected whose
    content is `quarantined`. So they are skipped like changes that a gate rejected here, and
    retried like them. `run_id` is the run of the fleet that asks.

    What is live already is left alone: the gate here has let it stand. A rejection that the history
    knows itself is kept, for it says more.
    """
    if not quarantined:
        return history
    found = {
        change_identity(
            plan.endpoint, slot_id=each.slot_id, after=each.after, managed=each.managed
        ): Rejection(run_id=run_id, slot_id=each.slot_id, reason=REASON)
        for each in plan.changes
        if each.after is not None and content_of(each) in quarantined
    }
    return history.model_copy(update={"rejected": {**found, **history.rejected}})
