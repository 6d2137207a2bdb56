"""Breaks of invariant 11: protection is not recorded, or forgotten."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import reconciler.operations.apply as operation
from reconciler.engine.policy import RunPolicy
from reconciler.engine.run import Run
from reconciler.model.plan import ApprovedPlan, Plan
from reconciler.operations.run_policy import run_policy_for
from reconciler.planning.planner import make_plan
from tests.simulation.breaks.patching import Break, CanShow, Patch
from tests.simulation.scenario import Files, Scenario


def protection_alone_is_not_recorded(patch: Patch) -> None:
    carry_out_plan = Run.carry_out

    def only_changes(self: Run, approved: ApprovedPlan, **rest: Any) -> None:
        if approved.plan.changes:
            carry_out_plan(self, approved, **rest)

    patch.setattr(Run, "carry_out", only_changes)


def protection_ends_with_its_file(patch: Patch) -> None:
    def without_files(*args: Any, **rest: Any) -> RunPolicy:
        policy, history = run_policy_for(*args, **rest), rest["history"]
        return replace(policy, unprotected=history.protected - policy.protected)

    patch.setattr(operation, "run_policy_for", without_files)


def protection_is_not_remembered(patch: Patch) -> None:
    def forget(*args: Any, **rest: Any) -> Plan:
        return make_plan(*args, **{**rest, "protected": ()})

    patch.setattr("reconciler.operations.live_plan.make_plan", forget)


BREAKS: dict[Break, int] = {
    protection_alone_is_not_recorded: 11,
    protection_ends_with_its_file: 11,
    protection_is_not_remembered: 11,
}

CAN_SHOW: dict[Break, CanShow] = {
    protection_alone_is_not_recorded: lambda seed: _has_run(seed, Files.KEPT),
    protection_ends_with_its_file: lambda seed: _has_run(seed, Files.PRUNED),
    protection_is_not_remembered: lambda seed: _has_run(seed, Files.KEPT),
}


def _has_run(seed: Scenario, files: Files) -> bool:
    return any(run.files is files for run in seed.runs)
