"""The terms of one run: its files, its endpoint, and its options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import SlotGate
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.state import DesiredState


@dataclass(frozen=True)
class Saved:
    """A saved plan, the terms that it was made from, and the tenant's moments in its listing."""

    plan: Plan
    terms: Terms
    listed_at: tuple[int, int]


@dataclass(frozen=True)
class Terms:
    """The terms of one process; `judged` is False with --no-gate, and then `reason` says why."""

    run_id: str
    project: Project
    endpoint: Endpoint
    judged: bool = True
    reason: str | None = None
    saved: Saved | None = None

    @property
    def desired(self) -> DesiredState:
        """The desired state in the files of this run."""
        return self.project.desired

    @cached_property
    def protected(self) -> frozenset[str]:
        """The slots that the files of this run protect."""
        return frozenset(each.slot_id for each in self.desired.values() if each.protect)

    def gate_of(self, slot_id: str) -> SlotGate:
        """The slot's own gate, or the default for a slot without a file."""
        default = SlotGate(policy=self.project.settings.gate)
        return self._gates.get(slot_id, default)

    @cached_property
    def _gates(self) -> Mapping[str, SlotGate]:
        return self.project.gates
