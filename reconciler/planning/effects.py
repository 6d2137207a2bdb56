"""A plan → what its changes mean: the texts that slots newly take and no longer take."""

from __future__ import annotations

from reconciler.model.api import Api
from reconciler.model.effect import Effect, Effects, Verdict
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState

MAX_SLOTS = 50
"""The most slots that are compared for one plan; the others are undetermined, and say so."""


def effects_of(plan: Plan, *, desired: DesiredState, api: Api) -> Effects:
    """What the plan, made from `desired`, means to the texts that slots take.

    An effect for each updated slot whose patterns, their order, type or fill strategy change; a
    created or deleted slot has none, but a created one may overlap with others. It ends in bounded
    time for any patterns and any number of slots, and is the same for the same plan: no clock
    decides. The authors' examples come from `desired`.
    """
    del desired, api
    slots = {
        change.slot_id: Effect(
            verdict=Verdict.UNDETERMINED, undetermined="patterns are not compared yet"
        )
        for change in plan.changes
        if change.before is not None
        and change.after is not None
        and (change.before.patterns, change.before.type, change.before.fill_strategy)
        != (change.after.patterns, change.after.type, change.after.fill_strategy)
    }
    return Effects(slots=slots)
