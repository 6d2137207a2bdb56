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
    """The targets whose plans change something, by what they change; the largest group first."""
    found: dict[str, list[TargetResult]] = {}
    for each in results:
        if each.changes and each.plan is not None:
            found.setdefault(each.changes, []).append(each)
    groups = (
        Group(changes=changes, targets=tuple(sorted(each.name for each in alike)), plan=first)
        for changes, alike in found.items()
        if (first := min(alike, key=lambda each: each.name).plan) is not None
    )
    return tuple(sorted(groups, key=lambda each: (-len(each.targets), each.targets)))
