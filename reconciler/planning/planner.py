"""Desired and live state → a Plan, or every reason why there cannot be one.

    difference   what to create, update and delete
    obstacles    what prevents the plan
    order        its order: creations and updates by wave, then deletions, dependents first
    here         the plan

At every step of that order, no live slot names a missing one, and there is no cycle: a slot is
updated once everything that it will depend on is as desired, and deleted once no slot depends on it
any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from reconciler.errors import PlanningError, UnsupportedChangeError
from reconciler.model.api import Api
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.listed import listed
from reconciler.model.plan import Plan, Selection, Summary
from reconciler.model.problem import Problem
from reconciler.model.rules.plans import UNSUPPORTED_CHANGE
from reconciler.model.settings import Settings
from reconciler.model.slot import canonical
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.diff import changed_fields
from reconciler.planning.difference import Difference
from reconciler.planning.named import Named
from reconciler.planning.names import names_shared
from reconciler.planning.obstacles import find_problems
from reconciler.planning.order import Order

PARTIAL_PLAN = "This plan is PARTIAL (--target): other differences are left as they are."


def make_plan(
    desired: DesiredState,
    live: LiveState,
    *,
    api: Api,
    settings: Settings,
    endpoint: Endpoint,
    tool_version: str,
    selection: Selection,
    protected: Collection[str] = (),
    forgiven: Collection[str] = (),
) -> Plan:
    """Plan the changes from `live` to `desired`. Targets are ids or names; the plan has their ids.

    `protected` are slots that must not be deleted, in addition to those of the settings and files.
    Breaking a `forgiven` rule is only a warning.
    Raises PlanningError with every problem found, which is UnsupportedChangeError if there are no
    others; and PruneRefusedError.
    """
    if selection.targets:
        selection = Named.in_states(desired, live).selected(selection)
    difference = Difference(desired, live, settings=settings, selection=selection)
    errors, warnings = find_problems(
        difference, api=api, protected={*protected, *settings.protect}, forgiven=forgiven
    )
    if errors:
        count = f"{len(errors)} problem{'s' if len(errors) > 1 else ''}"
        has_others = any(each.rule != UNSUPPORTED_CHANGE.id for each in errors)
        kind = PlanningError if has_others else UnsupportedChangeError
        raise kind(f"No plan can be made from live to desired: {count}.", problems=errors)
    order = Order(difference)
    changes = _ordered(order)
    counts = Counter(change.action.value for change in changes)
    return Plan(
        endpoint=endpoint,
        selection=selection,
        tool_version=tool_version,
        desired_digest=desired.digest,
        summary=Summary(
            **counts,
            unchanged=len(difference.unchanged),
            unmanaged=len(difference.unmanaged),
            claimed=len(live.keys() & desired.keys()) + len(difference.owned),
        ),
        changes=changes,
        unmanaged=tuple(sorted(difference.unmanaged)),
        warnings=(
            *_warnings(difference, warnings, api=api),
            *names_shared(order.handovers, waves=order.waves, difference=difference),
        ),
    )


def _ordered(order: Order) -> tuple[Change, ...]:
    return tuple(_change(slot_id, order) for slot_id in order.waves)


def _change(slot_id: str, order: Order) -> Change:
    difference = order.difference
    slot = difference.desired[slot_id] if slot_id in difference.to_write else None
    before = canonical(difference.live.get(slot_id))
    after = slot.content if slot else None
    named = after or before
    return Change(
        slot_id=slot_id,
        name=(named.name if named else None) or slot_id,
        action=Action.DELETE if after is None else Action.UPDATE if before else Action.CREATE,
        wave=order.waves[slot_id],
        depends_on=tuple(sorted(order.waits_for(slot_id))),
        fields=changed_fields(before, slot.canonical if slot else None),
        before=before,
        after=after,
        trigger_retrain=slot.trigger_retrain if slot else True,
        managed=slot.managed if slot else None,
    )


def _warnings(
    difference: Difference, problems: Collection[Problem], *, api: Api
) -> tuple[str, ...]:
    """Warnings for the person who approves the plan."""
    found = [PARTIAL_PLAN] if difference.selection.targets else []
    if api.replacing_method is not None:
        found.extend(_lost(difference, method=api.replacing_method))
    if api.deletion_warning:
        found.extend(f"{each}: {api.deletion_warning}." for each in sorted(difference.to_delete))
    found.extend(_unread(difference))
    found.extend(f"{each.place}{each.message} [{each.rule}]" for each in problems)
    return tuple(found)


def _lost(difference: Difference, *, method: str) -> Iterator[str]:
    for slot_id in sorted(difference.to_write & difference.live.keys()):
        unmodelled = difference.live[slot_id].unmodelled
        if unmodelled:
            yield (
                f"{slot_id}: the {method} replaces the whole slot and may lose fields that "
                f"reconciler does not know: {listed(unmodelled)}."
            )


def _unread(difference: Difference) -> Iterator[str]:
    live = difference.live
    strangers = sorted(live.unreadable.keys() & difference.unmanaged)
    if strangers:
        yield (
            "These live slots cannot be read: "
            f"{listed(f'{each} ({live.unreadable[each].reason})' for each in strangers)}. "
            "An unmanaged slot that cannot be read is never changed or pruned."
        )
    if live.unnamed:
        yield (
            f"The tenant lists {live.unnamed} slot{'s' if live.unnamed > 1 else ''} without a "
            "readable id, which no file can manage."
        )
