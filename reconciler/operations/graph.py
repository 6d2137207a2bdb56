"""The dependency graph of the slot files, and what a saved plan changes in it; offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.model.plan import Plan
from reconciler.model.state import DesiredState
from reconciler.operations.project import read_project


@dataclass(frozen=True)
class SlotGraph:
    """The slots of the files, and the plan whose changes are marked, if there is one."""

    desired: DesiredState
    plan: Plan | None = None

    @property
    def has_moved_on(self) -> bool:
        """Whether the files have changed since the plan was made."""
        return self.plan is not None and self.plan.desired_digest != self.desired.digest


def graph(slots: Path, *, environment: str | None = None, plan: Plan | None = None) -> SlotGraph:
    """The graph of the slot files in a folder, as they are in this environment if one is named.

    Raises ManifestError and ConfigurationError.
    """
    return SlotGraph(desired=read_project(slots, environment=environment).desired, plan=plan)
