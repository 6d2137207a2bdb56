"""Whether the ledger has changes that the next apply recovers, although the plan is empty."""

from __future__ import annotations

from pathlib import Path

from reconciler.model.plan import Plan
from reconciler.operations.history import history_of
from reconciler.operations.project import read_project
from reconciler.operations.services import ledger_store
from reconciler.operations.workflow import Workflow
from reconciler.planning.left_open import recoverable


def leaves_open(plan: Plan, *, slots: Path, workflow: Workflow) -> bool:
    """Whether an earlier run against the plan's endpoint left changes of this project open. Raises
    ManifestError, ConfigurationError and LedgerError."""
    lines = ledger_store(environment=plan.environment, clock=workflow.clock).lines()
    if not lines:
        return False
    history = history_of(lines, endpoint=plan.endpoint, observer=workflow.observer)
    project = read_project(slots, environment=plan.environment)
    return bool(recoverable(history, project.claims).open_changes)
