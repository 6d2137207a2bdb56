"""Breaks of invariant 7: apply again and again does not end in the desired state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reconciler.engine.recovery
import reconciler.operations.apply as operation
import reconciler.planning.planner
import reconciler.planning.rejections
from reconciler.engine.policy import RunPolicy
from reconciler.errors import TenantError
from reconciler.model.change import Action, Change
from reconciler.operations.run_policy import run_policy_for
from reconciler.planning.order import Order
from tests.simulation.breaks.patching import Break, Patch

ordered = reconciler.planning.planner._ordered


def a_rejection_is_forgotten(patch: Patch) -> None:
    patch.setattr(
        reconciler.planning.rejections, "change_identity", lambda *_args, **_rest: "unlike"
    )


def deletions_are_left_out(patch: Patch) -> None:
    def without(order: Order) -> tuple[Change, ...]:
        return tuple(each for each in ordered(order) if each.action is not Action.DELETE)

    patch.setattr("reconciler.planning.planner._ordered", without)


def open_changes_are_never_recovered(patch: Patch) -> None:
    def away(_self: Any) -> None:
        raise TenantError("not today")

    patch.setattr(reconciler.engine.recovery.Recovery, "carry_out", away)


def protection_is_never_lifted(patch: Patch) -> None:
    def held(*args: Any, **rest: Any) -> RunPolicy:
        return replace(run_policy_for(*args, **rest), unprotected=frozenset())

    patch.setattr(operation, "run_policy_for", held)


BREAKS: dict[Break, int] = {
    a_rejection_is_forgotten: 7,
    deletions_are_left_out: 7,
    open_changes_are_never_recovered: 7,
    protection_is_never_lifted: 7,
}
