"""A plan as a page, for those who decide on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from reconciler.model.effect import NO_EFFECTS, Effects
from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState
from reconciler.reports.effects import effect_counts
from reconciler.reports.graph import nodes_of
from reconciler.reports.html.changes import ShownChange, shown_changes
from reconciler.reports.html.graph import drawn
from reconciler.reports.html.rendering import rendered
from reconciler.reports.waiting import waiting_count, waiting_heading, waiting_reason
from reconciler.reports.words import headline_of_rejected


@dataclass(frozen=True)
class ShownWaiting:
    """A change that waits for another environment, and why."""

    change: ShownChange
    reason: str


def plan_page(
    plan: Plan,
    *,
    desired: DesiredState,
    made_at: datetime,
    effects: Effects = NO_EFFECTS,
) -> str:
    """The page of a plan; `desired` is what it was made from, and `effects` what it means. Raises
    ReconcilerError without jinja2."""
    every = (*plan.changes, *(each.change for each in plan.waiting))
    changes = shown_changes(every, effects)
    skipped = {change.slot_id for change in plan.skipped}
    return rendered(
        "plan.html",
        plan=plan,
        made_at=made_at,
        headline=_headline(plan),
        effect_counts=effect_counts(effects),
        due=[changes[each.slot_id] for each in plan.due],
        skipped=[changes[slot_id] for slot_id in changes if slot_id in skipped],
        waiting=[
            ShownWaiting(change=changes[each.slot_id], reason=waiting_reason(each))
            for each in plan.waiting
        ],
        waiting_heading=waiting_heading(plan.waiting).capitalize(),
        graph=drawn(
            nodes_of(desired, every),
            anchors={slot_id: each.anchor for slot_id, each in changes.items()},
        ),
    )


def _headline(plan: Plan) -> str:
    if plan.rejected_live and not plan.changes:
        return headline_of_rejected(plan)
    if plan.waiting and not plan.changes:
        return f"No changes now: {waiting_count(plan.waiting)}."
    return "" if plan.changes else "No changes: the tenant is as the files say."
