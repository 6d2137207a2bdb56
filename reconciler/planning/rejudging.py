"""Rejected slots that are still live, and may be judged again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reconciler.model.content import CanonicalSlot
from reconciler.model.gate import SlotGate
from reconciler.model.ledger import History, OpenChange
from reconciler.model.plan import Plan
from reconciler.model.state import LiveState
from reconciler.planning.graph import find_cycle


def to_judge_again(
    plan: Plan,
    live: LiveState,
    *,
    history: History,
    gates: Mapping[str, SlotGate],
    protected: Collection[str],
    former: Mapping[str, CanonicalSlot | None],
    rolls_back: bool,
) -> dict[str, OpenChange]:
    """By slot id, the last changes of rejected slots that this plan leaves live, if a gate judges
    them and they could still be rolled back, where what a gate rejects `rolls_back`.

    `former` maps a slot id to the live slot before that change, if the ledger has it; None means
    that there was no slot.
    """
    found = {}
    for slot_id in _left_as_they_are(plan):
        ended = history.ended_rejected.get(slot_id)
        if (
            ended is not None
            and slot_id in former
            and ended.live is not None
            and ended.live.canonical() == live[slot_id].canonical
            and ended.trigger_retrain
            and gates[slot_id].policy.enabled
            and (
                not rolls_back
                or _could_return(slot_id, former[slot_id], live=live, protected=protected)
            )
        ):
            found[slot_id] = ended.to_judge_again()
    return found


def _left_as_they_are(plan: Plan) -> Iterator[str]:
    targets = plan.selection.targets
    for each in plan.rejected_live:
        if each.slot_id not in plan.slot_ids and (not targets or each.slot_id in targets):
            yield each.slot_id


def _could_return(
    slot_id: str, former: CanonicalSlot | None, *, live: LiveState, protected: Collection[str]
) -> bool:
    """Whether the former slot would fit in with what is live now."""
    graph = {each: live.dependencies(each) for each in live.ids}
    if former is None:
        return slot_id not in protected and not any(slot_id in each for each in graph.values())
    names = {live[each].content.name for each in live.keys() - {slot_id}}
    return (
        former.name not in names
        and live.ids.issuperset(former.dependencies)
        and find_cycle({**graph, slot_id: former.dependencies}) is None
    )
