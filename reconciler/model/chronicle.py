"""What a ledger tells of an endpoint: its runs, their changes, and the rates around them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import Change
from reconciler.model.outcome import Status


class Sample(Frozen):
    """A slot's rate at some time, as a fraction. `is_baseline` says that it was read just before a
    change; `stands`, that what was measured stayed live."""

    at: datetime
    rate: float
    is_baseline: bool = False
    stands: bool = True


class PastChange(Frozen):
    """A change that a run made. `status` is None while it is open. `minimum` is that of its gate,
    None if the ledger does not say. `reason` is that of its verdict or of its failure."""

    change: Change
    run_id: str
    begun: datetime
    status: Status | None = None
    baseline: float | None = None
    success_rate: float | None = None
    minimum: float | None = None
    reason: str = ""


class PastRun(Frozen):
    """A run; `command` is what made it, None for an apply. `ended` is None if it never finished.
    `judged` is False if it ran without gates."""

    run_id: str
    begun: datetime
    command: str | None = None
    ended: datetime | None = None
    actor: str | None = None
    commit: str | None = None
    reason: str | None = None
    judged: bool = True
    summary: Mapping[str, int] = Field(default_factory=dict)


class Chronicle(Frozen):
    """The runs and changes of one endpoint, oldest first, and the samples of each slot."""

    runs: tuple[PastRun, ...] = ()
    changes: tuple[PastChange, ...] = ()
    samples: Mapping[str, tuple[Sample, ...]] = Field(default_factory=dict)

    def of(self, slot_id: str) -> tuple[PastChange, ...]:
        """The changes of one slot, oldest first."""
        return tuple(each for each in self.changes if each.change.slot_id == slot_id)
