"""The changes of a plan that no reviewed plan has shown."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.plan import Plan
from reconciler.model.shown import ShownPlan


def unshown(plan: Plan, shown: Iterable[ShownPlan]) -> tuple[str, ...]:
    """The slots whose change is not in any of the `shown` plans exactly as it is now.

    It takes only as many of them as it needs.
    """
    left = plan.changes
    plans = iter(shown)
    while left:
        each = next(plans, None)
        if each is None:
            break
        if each.digest == plan.digest:
            return ()
        left = tuple(change for change in left if not each.has(change))
    return tuple(change.slot_id for change in left)
