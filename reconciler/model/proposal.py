"""What an apply is about to do, for a person to confirm or decline."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.ledger import OpenChange
from reconciler.model.plan import Plan
from reconciler.model.settings import Rollout


@dataclass(frozen=True)
class RecoveryProposal:
    """Finish the changes that earlier runs left open.

    `judged` is False with --no-gate.
    """

    open_changes: tuple[OpenChange, ...]
    rollout: Rollout
    judged: bool


@dataclass(frozen=True)
class PlanProposal:
    """Make the changes of a plan.

    `is_saved` says that the plan was saved and agreed to before, and still holds. `has_begun` says
    that this run has already recovered changes, which declining does not undo.
    """

    plan: Plan
    is_saved: bool
    has_begun: bool


Proposal = RecoveryProposal | PlanProposal
