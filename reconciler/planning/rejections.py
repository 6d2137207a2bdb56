"""The rejections in the ledger that concern a plan: of its changes, and of live slots."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from reconciler.model.content import SlotContent
from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, change_identity
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning import graph


def rejected_changes(plan: Plan, history: History) -> dict[str, Rejection]:
    """The rejections of the plan's changes, by slot id."""
    found = {}
    for change in plan.changes:
        if change.after is not None:
            rejection = _rejection(
                history.rejected, plan, change.slot_id, change.after, managed=[change.managed]
            )
            if rejection is not None:
                found[change.slot_id] = rejection
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
        content, ended = desired[slot_id].content, history.ended_rejected.get(slot_id)
        managed = [content.managed if content else None, ended.managed if ended else None]
        rejection = _rejection(rejected, plan, slot_id, live[slot_id].canonical, managed=managed)
        if rejection is not None:
            found[slot_id] = rejection
    blocked = _blocked(plan, found.keys() - plan.slot_ids, desired=desired, live=live)
    return [
        each.model_copy(update={"live": True, "blocks": tuple(blocked.get(slot_id, ()))})
        for slot_id, each in found.items()
    ]


def _rejection(
    rejections: Mapping[str, Rejection],
    plan: Plan,
    slot_id: str,
    content: SlotContent,
    *,
    managed: Iterable[Collection[str] | None],
) -> Rejection | None:
    """The rejection of a slot with this content, if there is one, by the fields that a file manages
    or managed; older versions recorded all fields."""
    for fields in (*managed, None):
        identity = change_identity(plan.endpoint, slot_id=slot_id, after=content, managed=fields)
        if identity in rejections:
            return rejections[identity]
    return None


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
