"""Plan + limits → an ApprovedPlan, or a refusal with numbers."""

from __future__ import annotations

from reconciler.errors import LimitExceededError, NothingListedError
from reconciler.model.change import Action
from reconciler.model.ledger import History
from reconciler.model.listed import listed
from reconciler.model.plan import ApprovedPlan, Plan, Selection
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.model.state import LiveState

DELETE_FRACTION_APPLIES_ABOVE = 10
"""Live managed or owned slots. A fraction of fewer says nothing."""


def require_listed(
    project: Project, live: LiveState, *, history: History, selection: Selection
) -> None:
    """Raises NothingListedError if none of our slots is listed any more.

    A tenant in trouble may list nothing, and every slot would be created again over the one that is
    there. With `--target`, the user has named the slots to create.
    """
    present = [slot.slot_id for slot in project.desired.values() if not slot.is_absent]
    known = history.applied.keys() - history.open_changes.keys()
    left = [each for each in present if each in known and history.applied[each].is_there]
    if not left or selection.targets or any(each in live for each in present):
        return
    raise NothingListedError(
        "The tenant lists none of the slots that the files describe, but the ledger says that "
        f"{listed(left)} {'was' if len(left) == 1 else 'were'} live.",
        hint="Most likely the tenant is in trouble, or it is a different one: try again later. "
        "If the slots are really gone, create one of them first: "
        f"{project.commands.apply(left[0])}",
    )


def exceeded(plan: Plan, limits: Limits) -> tuple[str, ...]:
    """Every limit that the plan exceeds, with its numbers and the way to raise it."""
    found = []
    planned = len(plan.due)
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
        raise LimitExceededError("The plan exceeds this project's limits.", hint=" ".join(reasons))
    return ApprovedPlan(plan=plan)
