"""The slot files: read so that they can be planned from, and everything that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from reconciler.adapters.manifests import Manifests, read_manifests
from reconciler.errors import ManifestError
from reconciler.model.gate import SlotGate
from reconciler.model.problem import Problem
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState
from reconciler.planning.gates import slot_gates
from reconciler.planning.validate import validate


@dataclass(frozen=True)
class Project:
    """A desired state that can be planned from: its files have been read without error."""

    desired: DesiredState
    settings: Settings

    def claims(self, slot_id: str) -> bool:
        """Whether the slot is this project's: declared by a file, whatever its state, or owned."""
        return slot_id in self.desired or self.settings.claims(slot_id)

    @cached_property
    def gates(self) -> dict[str, SlotGate]:
        """The gate of every desired slot."""
        return slot_gates(self.desired, self.settings)


def read_project(slots: Path) -> Project:
    """Raises ManifestError with every problem of the files themselves, and where there is no
    slot: its folder may be the wrong one."""
    manifests = read_manifests(slots)
    errors = [problem for problem in manifests.problems if problem.is_error]
    if errors:
        raise ManifestError(
            f"{slots} cannot be used as it is.",
            problems=errors,
            hint="`reconciler validate` lists these and more.",
        )
    if not manifests.desired:
        raise ManifestError(
            f"{slots} holds no slots yet.",
            hint="`reconciler pull` writes those of a live bot. Files whose name begins with _, "
            "such as the examples of `reconciler init`, are left out.",
        )
    return Project(desired=manifests.desired, settings=manifests.settings)


def find_problems(slots: Path) -> tuple[Manifests, tuple[Problem, ...]]:
    """Everything that can be known offline, in the order of files and lines."""
    manifests = read_manifests(slots)
    problems = (*manifests.problems, *validate(manifests.drafts))
    unique = dict.fromkeys(problems)
    ordered = sorted(unique, key=lambda p: (p.source.file, p.source.line, p.source.column))
    return manifests, tuple(ordered)
