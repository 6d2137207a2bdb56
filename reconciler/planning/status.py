"""A plan and what the ledger adds → how each slot stands in an environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.model.audit import RecordedRun
from reconciler.model.change import Action, Cause
from reconciler.model.drift import SlotHealth
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Environment
from reconciler.model.gate import VerdictResult
from reconciler.model.ledger import Entry, History, text_in
from reconciler.model.plan import Plan
from reconciler.model.status import SlotStatus
from reconciler.planning.fleet_chain import FLEET_STARTED
from reconciler.planning.rejections import rejected_changes

_OBSERVED = frozenset({"slots_listed", "slot_seen", "bake_passed", "bake_failed"})
"""The events of a run that only looked."""


def slot_statuses(
    plan: Plan, slot_ids: Iterable[str], *, history: History, causes: Mapping[str, Cause]
) -> dict[str, SlotStatus]:
    """How these slots stand, by a plan that would remove every difference."""
    waiting = plan.model_copy(update={"changes": tuple(each.change for each in plan.waiting)})
    rejected = {each.slot_id for each in plan.rejected}
    rejected |= rejected_changes(waiting, history).keys()
    by_slot = {change.slot_id: change.action for change in plan.changes}

    def status(slot_id: str) -> SlotStatus:
        if slot_id in rejected:
            return SlotStatus.REJECTED
        if slot_id in waiting.slot_ids:
            return SlotStatus.WAITING
        if slot_id not in by_slot:
            return SlotStatus.AS_DESIRED
        if by_slot[slot_id] is Action.CREATE:
            return SlotStatus.MISSING
        is_edited = causes.get(slot_id) is Cause.CHANGED_IN_TENANT
        return SlotStatus.DRIFTED if is_edited else SlotStatus.DIFFERS

    return {slot_id: status(slot_id) for slot_id in slot_ids}


def below_their_gates(
    statuses: Mapping[str, SlotStatus], health: Mapping[str, SlotHealth]
) -> dict[str, SlotStatus]:
    """The same, after slots that are as desired were measured."""
    failed = {each for each, found in health.items() if found.result is VerdictResult.FAILED}
    return {
        slot_id: SlotStatus.BELOW_GATE if slot_id in failed else status
        for slot_id, status in statuses.items()
    }


def in_order_of_promotion(environments: Mapping[str, Environment]) -> tuple[str, ...]:
    """The names of the environments: each after the one that it is promoted from, otherwise as
    declared."""
    ordered: dict[str, None] = {}
    for name in environments:
        chain = [name]
        while (source := environments[chain[-1]].promote_from) is not None:
            chain.append(source)
        ordered.update(dict.fromkeys(reversed(chain)))
    return tuple(ordered)


def last_run(
    entries: Iterable[Entry],
    *,
    environment: str | None,
    endpoint: Endpoint | None,
    at_work: str | None,
) -> RecordedRun | None:
    """The run that began last in an environment, or without environments at an endpoint, and did
    not only look; None if there is none. `at_work` is as for `RecordedRun.of`."""
    by_run: dict[str, list[Entry]] = {}
    for entry in entries:
        by_run.setdefault(entry.run_id, []).append(entry)
    there = [
        own
        for own in by_run.values()
        if own[0].event != FLEET_STARTED
        and not _only_looked(own)
        and (
            own[0].target == endpoint
            if environment is None
            else own[0].data.get("environment") == environment
        )
    ]
    if not there:
        return None
    last = max(reversed(there), key=lambda own: own[0].moment)
    return RecordedRun.of(last[0].run_id, last, at_work=at_work)


def _only_looked(entries: Sequence[Entry]) -> bool:
    return text_in(entries[0].data, "command") == "drift" or any(
        each.event in _OBSERVED for each in entries
    )
