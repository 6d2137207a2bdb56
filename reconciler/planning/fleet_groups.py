"""Targets with identical changes, which a person reviews once."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.model.base import sha256_of
from reconciler.model.fleet_run import Group, TargetResult
from reconciler.model.plan import Plan


def changes_digest(plan: Plan) -> str:
    """`sha256:…` over what a plan changes and in which order, "" if it changes nothing. It is the
    same for two tenants with the same slots, whatever they call them."""
    if not plan.changes:
        return ""
    covered = [each.model_dump(mode="json", exclude={"tenant_id"}) for each in plan.changes]
    return f"sha256:{sha256_of(covered)}"


def grouped(results: Iterable[TargetResult]) -> tuple[Group, ...]:
    """The targets whose plans change something, by what they change; the largest group first. One
    result of each group needs to have its plan."""
    names: dict[str, list[str]] = {}
    plans: dict[str, Plan] = {}
    for each in results:
        if each.changes:
            names.setdefault(each.changes, []).append(each.name)
            if each.plan is not None:
                plans.setdefault(each.changes, each.plan)
    groups = (
        Group(changes=changes, targets=tuple(sorted(names[changes])), plan=plan)
        for changes, plan in plans.items()
    )
    return tuple(sorted(groups, key=lambda each: (-len(each.targets), each.targets)))
