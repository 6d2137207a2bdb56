"""The nouns of a bake: a change that passed its gate, and goes on being judged for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import Action


class Probation(Frozen):
    """A change that its gate let stand, and that is judged further until `until`.

    `run_id`, `actor` and `commit` are those of the run that made it. `identity` is that of the
    content that it left live, by the fields that its file `managed`. `begun` is when it was
    started, after its `baselines` were read: fractions by slot id, of its own slot and of those
    that its gate watched.
    """

    slot_id: str
    run_id: str
    actor: str | None = None
    commit: str | None = None
    identity: str
    managed: tuple[str, ...] | None = None
    action: Action
    baselines: Mapping[str, float] = Field(default_factory=dict)
    begun: datetime
    until: datetime

    @property
    def baseline(self) -> float | None:
        """The slot's own success rate before the change."""
        return self.baselines.get(self.slot_id)


class Suspect(Frozen):
    """A change that can be at fault for a failed bake, and the run and commit that made it."""

    slot_id: str
    run_id: str
    commit: str | None = None


class BakeResult(str, Enum):
    """How a bake stands."""

    PASSED = "passed"
    FAILED = "failed"
    ON_PROBATION = "on_probation"


class Bake(Frozen):
    """A change's bake at some time. Rates are fractions; without a measurement there is none, and
    `reason` says why. `suspects` are the changes that can be at fault if it failed, itself first.
    """

    slot_id: str
    result: BakeResult
    run_id: str
    commit: str | None = None
    until: datetime
    success_rate: float | None = None
    baseline: float | None = None
    min_success_rate: float | None = None
    reason: str = ""
    suspects: tuple[Suspect, ...] = ()


class FailedBake(Frozen):
    """A change whose bake failed, and that bake."""

    probation: Probation
    bake: Bake
