"""The rejections in the ledger that concern a plan: of its changes, and of live slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, change_identity
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning import graph


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
    slots = _rejected_live(plan, desired=desired, live=live, history=history)
    return plan.rejecting(sorted((*changes, *slots), key=lambda each: (each.slot_id, each.live)))


def _rejected_live(
    plan: Plan, *, desired: DesiredState, live: LiveState, history: History
) -> list[Rejection]:
    rejected = {**history.stuck, **history.rejected}
    if not rejected:
        return []
    found = {}
    for slot_id in desired.keys() & live.keys():
        identity = change_identity(plan.endpoint, slot_id=slot_id, after=live[slot_id].canonical)
        if identity in rejected:
            found[slot_id] = rejected[identity]
    blocked = _blocked(plan, found.keys() - plan.slot_ids, desired=desired, live=live)
    return [
        each.model_copy(update={"live": True, "blocks": tuple(blocked.get(slot_id, ()))})
        for slot_id, each in found.items()
    ]


def _blocked(
    plan: Plan, staying: set[str], *, desired: DesiredState, live: LiveState
) -> Mapping[str, list[str]]:
    """The planned changes that depend on these slots, directly or through others that stay too.

    A rejected slot does not stand, even if it is as desired. Besides, if its rollback has only just
    happened, a tenant whose reads lag may still list it.
    """
    blocked: dict[str, list[str]] = defaultdict(list)
    if staying:
        edges = {
            **{slot_id: live.dependencies(slot_id) for slot_id in live.ids},
            **{
                slot_id: slot.content.distinct_dependencies
                for slot_id, slot in desired.items()
                if slot.content is not None
            },
        }
        among = plan.slot_ids | staying
        for change in plan.changes:
            if change.after is not None:
                for used in graph.nearest(edges, change.slot_id, among=among) & staying:
                    blocked[used].append(change.slot_id)
    return blocked
