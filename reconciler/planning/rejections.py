"""The rejections in the ledger that concern a plan: of its changes, and of live slots."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, change_identity
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState, LiveState


def rejected_changes(plan: Plan, history: History) -> dict[str, Rejection]:
    """The rejections of the plan's changes, by slot id."""
    found = {}
    for change in plan.changes:
        identity = change_identity(plan.endpoint, slot_id=change.slot_id, after=change.after)
        if change.after is not None and identity in history.rejected:
            found[change.slot_id] = history.rejected[identity]
    return found


def with_rejections(
    plan: Plan, *, desired: DesiredState, live: LiveState, history: History
) -> Plan:
    """The plan, with the rejections of its changes and of live managed slots."""
    changes = rejected_changes(plan, history).values()
    slots = _rejected_live(desired, live, history=history, endpoint=plan.endpoint)
    return plan.rejecting(sorted((*changes, *slots), key=lambda each: (each.slot_id, each.live)))


def _rejected_live(
    desired: DesiredState, live: LiveState, *, history: History, endpoint: Endpoint
) -> Iterator[Rejection]:
    rejected = {**history.stuck, **history.rejected}
    if not rejected:
        return
    for slot_id in desired.keys() & live.keys():
        identity = change_identity(endpoint, slot_id=slot_id, after=live[slot_id].canonical)
        if identity in rejected:
            yield rejected[identity].model_copy(update={"live": True})
