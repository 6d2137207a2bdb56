"""The result of comparing the live slots with the files."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.change import Cause, Change
from reconciler.model.gate import Verdict, VerdictResult, nothing_measured
from reconciler.model.plan import Plan, Summary


class SlotHealth(Frozen):
    """One measurement of a slot, and the minimum success rate of its gate, a fraction."""

    min_success_rate: float
    verdict: Verdict


class DriftReport(Frozen):
    """The plan that would remove the differences, the cause of each, and how well slots extract.

    `causes` maps a slot id to its cause, where the ledger knows it. `metrics` maps a slot id to its
    health, and is None if no measurement was requested.
    """

    plan: Plan
    causes: Mapping[str, Cause] = Field(default_factory=dict)
    metrics: Mapping[str, SlotHealth] | None = None

    @property
    def is_drifted(self) -> bool:
        """Whether live differs from the files, or holds content that a gate has rejected."""
        return bool(self.plan.changes or self.plan.rejected)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The differences, without those of rejected changes."""
        return self.plan.drifted

    @property
    def summary(self) -> Summary:
        """The counts of slots; rejected changes count as skipped."""
        return self.plan.drift_summary

    @property
    def is_below_a_gate(self) -> bool:
        """Whether a measured slot fails its gate."""
        return any(each.verdict.result is VerdictResult.FAILED for each in self._metrics.values())

    @property
    def nothing_measured(self) -> bool:
        """Whether there were slots to measure, and none of them gave a number."""
        return nothing_measured([each.verdict for each in self._metrics.values()])

    @property
    def _metrics(self) -> Mapping[str, SlotHealth]:
        return self.metrics or {}

    @property
    def exit_code(self) -> int:
        """2 before 3 before 1: a finding counts even if some slots could not be measured."""
        if self.is_drifted:
            return 2
        if self.is_below_a_gate:
            return 3
        return 1 if self.nothing_measured else 0
