"""What a ledger tells of an endpoint: its runs, their changes, and the rates around them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field, JsonValue

from reconciler.model.base import Frozen
from reconciler.model.change import Action, Change
from reconciler.model.outcome import Status


class Sample(Frozen):
    """A slot's rate at some time, as a fraction. `is_baseline` says that it was read just before a
    change; `stands`, that what was measured stayed live."""

    at: datetime
    rate: float
    is_baseline: bool = False
    stands: bool = True


class PastChange(Frozen):
    """A change that a run made. `former` is the slot before, as the tenant sent it. `is_stored`
    says that the tenant is known to have stored it. `status` is None while it is open. `minimum` is
    that of its gate, None if the ledger does not say. `reason` is that of its verdict or of its
    failure."""

    change: Change
    run_id: str
    begun: datetime
    former: Mapping[str, JsonValue] | None = None
    is_stored: bool = False
    status: Status | None = None
    baseline: float | None = None
    success_rate: float | None = None
    minimum: float | None = None
    reason: str = ""

    @property
    def may_be_live(self) -> bool:
        """Whether it has ended, and left the slot changed, as far as the ledger can tell."""
        if self.status is Status.FAILED:
            return self.is_stored and self.change.action is not Action.DELETE
        return self.status is not None and self.status is not Status.ROLLED_BACK


class PastRun(Frozen):
    """A run; `command` is what made it, None for an apply. `ended` is None if it never finished.
    `environment` is the project's environment that it was for, if it had any. `judged` is False if
    it ran without gates."""

    run_id: str
    begun: datetime
    command: str | None = None
    ended: datetime | None = None
    environment: str | None = None
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

    def run(self, run_id: str) -> PastRun | None:
        """The run with this id; None if it was not against this endpoint."""
        return next((each for each in self.runs if each.run_id == run_id), None)

    def by(self, run_id: str) -> tuple[PastChange, ...]:
        """The changes of one run, in their order."""
        return tuple(each for each in self.changes if each.run_id == run_id)

    def of(self, slot_id: str) -> tuple[PastChange, ...]:
        """The changes of one slot, oldest first."""
        return tuple(each for each in self.changes if each.change.slot_id == slot_id)
