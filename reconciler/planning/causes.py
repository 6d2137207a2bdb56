"""Why managed slots differ from their files, judged by how we last left them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reconciler.model.change import Cause
from reconciler.model.content import CanonicalSlot
from reconciler.model.plan import Plan


def causes(plan: Plan, *, left: Mapping[str, Collection[CanonicalSlot | None]]) -> dict[str, Cause]:
    """The cause of each of the plan's changes whose slot is in `left`.

    `left` maps a slot id to the forms in which we may have left the slot; None means absent.
    """
    return {
        change.slot_id: (
            Cause.NOT_APPLIED if change.before in left[change.slot_id] else Cause.CHANGED_IN_TENANT
        )
        for change in plan.changes
        if change.slot_id in left
    }
