"""Rejected slots that are live all the same, and may be judged once more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from reconciler.model.gate import SlotGate
from reconciler.model.ledger import History, OpenChange
from reconciler.model.plan import Plan
from reconciler.model.slot import CanonicalSlot
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
) -> dict[str, OpenChange]:
    """The last changes of the slots that this plan leaves live although rejected, by slot id, as
    far as a gate judges them and what was there before them could be rolled back today.

    `former` has what was live before those, as far as the ledger says it; None is no slot.
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
            and _could_return(slot_id, former[slot_id], live=live, protected=protected)
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
    """Whether the slot could be as it was beside what is live by now."""
    graph = {each: live.dependencies(each) for each in live.ids}
    if former is None:
        return slot_id not in protected and not any(slot_id in each for each in graph.values())
    names = {live[each].content.name for each in live.keys() - {slot_id}}
    return (
        former.name not in names
        and live.ids.issuperset(former.dependencies)
        and find_cycle({**graph, slot_id: former.dependencies}) is None
    )
