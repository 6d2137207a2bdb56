"""Who runs a command, from which commit and why, for the ledger."""

from __future__ import annotations

from reconciler import __version__
from reconciler.model.project import Project
from reconciler.operations.services import Services


def origin_of(project: Project, services: Services, *, reason: str | None) -> dict[str, str | None]:
    """What `run_started` records beside the target and the run policy."""
    environment = project.environment
    return {
        **({"environment": environment.name} if environment else {}),
        "tool_version": __version__,
        "actor": services.actor,
        "commit": services.commit,
        "reason": reason,
    }
