"""Breaks of invariant 9: a run does what was not agreed to, or what cannot be judged."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import reconciler.operations.apply as operation
from reconciler.engine.policy import RunPolicy
from reconciler.engine.run import Run
from reconciler.errors import ReconcilerError, StalePlanError
from reconciler.model.plan import Plan
from reconciler.model.proposal import PlanProposal, Proposal, RecoveryProposal
from reconciler.operations.origin import origin_of
from reconciler.operations.run_policy import run_policy_for
from reconciler.ports import Confirmation
from tests.simulation.breaks.patching import Break, CanShow, Patch


def _confirm_by(patch: Patch, confirm: Callable[[Confirmation, Proposal], None]) -> None:
    @dataclass
    class Instead:
        asked: Confirmation

        def confirm(self, proposal: Proposal) -> None:
            confirm(self.asked, proposal)

    make = operation._Applying.__init__

    def init(self: Any, project: Any, services: Any, confirmation: Any, request: Any) -> None:
        make(self, project, services, Instead(confirmation), request)

    patch.setattr(operation._Applying, "__init__", init)


def a_no_is_taken_for_a_yes(patch: Patch) -> None:
    def confirm(asked: Confirmation, proposal: Proposal) -> None:
        with suppress(ReconcilerError):
            asked.confirm(proposal)

    _confirm_by(patch, confirm)


def recovery_is_not_confirmed(patch: Patch) -> None:
    def confirm(asked: Confirmation, proposal: Proposal) -> None:
        if isinstance(proposal, PlanProposal):
            asked.confirm(proposal)

    _confirm_by(patch, confirm)


def the_plan_is_not_confirmed(patch: Patch) -> None:
    def confirm(asked: Confirmation, proposal: Proposal) -> None:
        if isinstance(proposal, RecoveryProposal):
            asked.confirm(proposal)

    _confirm_by(patch, confirm)


def a_run_is_recorded_before_the_question(patch: Patch) -> None:
    recover = operation._Applying._recover

    def begin(self: Any, run: Run, *args: Any, **rest: Any) -> bool:
        run._begin(digest=None)
        return recover(self, run, *args, **rest)

    patch.setattr(operation._Applying, "_recover", begin)


def a_stale_plan_is_carried_out(patch: Patch) -> None:
    patch.setattr(operation, "require_current", lambda _saved, _fresh: None)


def every_saved_plan_is_stale(patch: Patch) -> None:
    def refuse(_saved: Plan, _fresh: Plan) -> None:
        raise StalePlanError("It is late.")

    patch.setattr(operation, "require_current", refuse)


def no_gate_still_judges(patch: Patch) -> None:
    def judging(*args: Any, **rest: Any) -> RunPolicy:
        return run_policy_for(*args, **{**rest, "judged": True})

    patch.setattr(operation, "run_policy_for", judging)


def the_reason_for_no_gate_is_not_recorded(patch: Patch) -> None:
    def unexplained(*args: Any, **_rest: Any) -> dict[str, str | None]:
        return origin_of(*args, reason=None)

    patch.setattr(operation, "origin_of", unexplained)


BREAKS: dict[Break, int] = {
    a_no_is_taken_for_a_yes: 9,
    recovery_is_not_confirmed: 9,
    the_plan_is_not_confirmed: 9,
    a_run_is_recorded_before_the_question: 9,
    a_stale_plan_is_carried_out: 9,
    every_saved_plan_is_stale: 9,
    no_gate_still_judges: 9,
    the_reason_for_no_gate_is_not_recorded: 9,
}

CAN_SHOW: dict[Break, CanShow] = {
    a_no_is_taken_for_a_yes: lambda seed: any(run.declines for run in seed.runs),
}
