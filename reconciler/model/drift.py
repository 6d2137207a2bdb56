"""What a comparison of the live slots with the files found."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import Cause, Change
from reconciler.model.gate import Verdict, VerdictResult, nothing_measured
from reconciler.model.plan import Plan, Summary


class SlotHealth(Frozen):
    """A slot's success rate beside its gate's minimum, a fraction, by one measurement."""

    min_success_rate: float
    verdict: Verdict


class DriftReport(Frozen):
    """The plan that would take the differences away, why each is there, and how slots fare.

    `causes` maps a slot id to its cause, as far as the ledger knows one. `metrics` maps a slot id
    to its health, and is None where no measurement was asked for.
    """

    plan: Plan
    causes: Mapping[str, Cause] = Field(default_factory=dict)
    metrics: Mapping[str, SlotHealth] | None = None

    @property
    def is_drifted(self) -> bool:
        """Whether live differs from the files, or holds what a gate has rejected."""
        return bool(self.plan.changes or self.plan.rejected)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The differences, but for those of rejected changes."""
        return self.plan.drifted

    @property
    def summary(self) -> Summary:
        """The counts of slots, with rejected changes as skipped."""
        return self.plan.drift_summary

    @property
    def is_below_a_gate(self) -> bool:
        """Whether a slot was measured that fails its gate."""
        return any(each.verdict.result is VerdictResult.FAILED for each in self._metrics.values())

    @property
    def nothing_measured(self) -> bool:
        """Whether there was something to measure, and no number for any of it."""
        return nothing_measured([each.verdict for each in self._metrics.values()])

    @property
    def _metrics(self) -> Mapping[str, SlotHealth]:
        return self.metrics or {}

    @property
    def exit_code(self) -> int:
        """What was found counts, whatever was not found out beside it: 2 before 3 before 1."""
        if self.is_drifted:
            return 2
        if self.is_below_a_gate:
            return 3
        return 1 if self.nothing_measured else 0
