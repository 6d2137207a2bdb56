"""Plan + limits → an ApprovedPlan, or a refusal with numbers."""

from __future__ import annotations

from reconciler.errors import LimitExceededError
from reconciler.model.change import Action
from reconciler.model.plan import ApprovedPlan, Plan
from reconciler.model.settings import Limits

DELETE_FRACTION_APPLIES_ABOVE = 10
"""Live managed or owned slots; a share of fewer than these says nothing (the contract)."""


def exceeded(plan: Plan, limits: Limits) -> tuple[str, ...]:
    """Every limit that the plan exceeds, with its numbers and the way to raise it."""
    found = []
    planned = len(plan.changes)
    if limits.max_changes is not None and planned > limits.max_changes:
        found.append(
            f"{planned} changes are planned, over the limit of {limits.max_changes}; raise "
            "limits.max_changes in reconciler.yaml to allow it."
        )
    deleted, claimed = plan.counted(Action.DELETE), plan.summary.claimed
    if claimed > DELETE_FRACTION_APPLIES_ABOVE and deleted > limits.max_delete_fraction * claimed:
        found.append(
            f"{deleted} of {claimed} slots ({deleted / claimed:.0%}) would be deleted, over the "
            f"limit of {limits.max_delete_fraction:.0%}; raise limits.max_delete_fraction in "
            "reconciler.yaml to allow it."
        )
    return tuple(found)


def approve(plan: Plan, limits: Limits) -> ApprovedPlan:
    """The only way to an ApprovedPlan. Raises LimitExceededError."""
    reasons = exceeded(plan, limits)
    if reasons:
        raise LimitExceededError("The plan exceeds this project's limits.", hint="\n".join(reasons))
    return ApprovedPlan(plan=plan)
