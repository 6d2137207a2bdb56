"""A plan → what its changes mean: the texts that slots newly take and no longer take."""

from __future__ import annotations

from reconciler.model.api import Api
from reconciler.model.change import Change
from reconciler.model.content import SlotContent
from reconciler.model.effect import Effect, Effects, Verdict
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState
from reconciler.planning.meaning import effect_of
from reconciler.planning.overlaps import overlaps_of
from reconciler.planning.takers import decisive
from reconciler.planning.trial import Trial

MAX_SLOTS = 50
"""The most slots that are compared for one plan; the others are undetermined, and say so."""


def effects_of(plan: Plan, *, desired: DesiredState, api: Api) -> Effects:
    """What the plan, made from `desired`, means to the texts that slots take.

    An effect for each updated slot whose patterns, their order, type or fill strategy change; a
    created or deleted slot has none, but a created one may overlap with others. It ends in bounded
    time for any patterns and any number of slots, and is the same for the same plan: no clock
    decides. The authors' examples come from `desired`.
    """
    trial = Trial(api)
    slots: dict[str, Effect] = {}
    for change in plan.changes:
        sides = changed_sides(change)
        if sides is None:
            continue
        if len(slots) >= MAX_SLOTS:
            slots[change.slot_id] = Effect(
                verdict=Verdict.UNDETERMINED,
                undetermined=f"only the first {MAX_SLOTS} changed slots are compared",
            )
            continue
        slot = desired.get(change.slot_id)
        examples = [each.text for each in slot.examples.match] if slot else []
        slots[change.slot_id] = effect_of(*sides, examples=examples, api=api, trial=trial)
    overlaps = overlaps_of(plan, desired=desired, api=api, trial=trial)
    return Effects(slots=slots, overlaps=overlaps.made, not_compared=overlaps.not_compared)


def changed_sides(change: Change) -> tuple[SlotContent, SlotContent] | None:
    """The slot before and after, if what decides about the texts that it takes is updated."""
    before, after = change.before, change.after
    if before is None or after is None or decisive(before) == decisive(after):
        return None
    return before, after
