"""The result of comparing the live slots with the files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from reconciler.model.bake import Bake, BakeResult
from reconciler.model.base import Frozen
from reconciler.model.change import Cause, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection, VerdictResult
from reconciler.model.plan import Plan, Selection, Summary
from reconciler.model.promotion import Waiting

_UNKNOWN_CAUSES: Mapping[str, Cause] = {}
_UNKNOWN_CHANGES: Mapping[str, LastChange] = {}


class SlotHealth(Frozen):
    """One measurement of a slot against the minimum of its gate; rates are fractions.

    `measured` says whether the tenant had any numbers for the slot, even too few.
    """

    min_success_rate: float
    result: VerdictResult
    success_rate: float | None = None
    reason: str = ""
    measured: bool = True


class LastChange(Frozen):
    """Who changed a live slot last, and when; `name` is None if the tenant does not show it."""

    user_id: str
    name: str | None
    at: datetime


class DriftReport(Frozen):
    """How the live slots differ from the files, why, and how well slots extract.

    It belongs to a plan that would remove the differences, of which `digest` is the digest.
    `changes` are those of the plan without the rejected ones, which `summary` counts as skipped.
    `waiting` are differences that only wait for another environment, which is no drift.
    `causes` maps a slot id to the cause of its change, if the ledger knows it. `metrics` maps a
    slot id to its health, and is None if no measurement was requested. `bakes` are those of the
    changes on probation, with the verdicts of this measurement, and those that failed earlier and
    are still live. `last_changes` maps the slot id of a change to who made the last one, if the
    tenant says so. `at_work` is what the lock said about an apply that was running meanwhile, so
    that what it changed may show as drift.
    """

    environment: str | None = None
    endpoint: Endpoint
    selection: Selection = Selection()
    tool_version: str
    desired_digest: str
    digest: str
    summary: Summary
    changes: tuple[Change, ...] = ()
    unmanaged: tuple[str, ...] = ()
    rejected: tuple[Rejection, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    warnings: tuple[str, ...] = ()
    causes: Mapping[str, Cause] = Field(default_factory=dict)
    metrics: Mapping[str, SlotHealth] | None = None
    bakes: tuple[Bake, ...] = ()
    last_changes: Mapping[str, LastChange] = Field(default_factory=dict)
    at_work: str | None = None

    @classmethod
    def of(
        cls,
        plan: Plan,
        *,
        causes: Mapping[str, Cause] = _UNKNOWN_CAUSES,
        metrics: Mapping[str, SlotHealth] | None = None,
        bakes: tuple[Bake, ...] = (),
        last_changes: Mapping[str, LastChange] = _UNKNOWN_CHANGES,
        at_work: str | None = None,
    ) -> DriftReport:
        """The drift that this plan would remove."""
        changes = plan.drifted
        known = {each.slot_id: causes[each.slot_id] for each in changes if each.slot_id in causes}
        return cls(
            environment=plan.environment,
            endpoint=plan.endpoint,
            selection=plan.selection,
            tool_version=plan.tool_version,
            desired_digest=plan.desired_digest,
            digest=plan.digest,
            summary=plan.drift_summary,
            changes=changes,
            unmanaged=plan.unmanaged,
            rejected=plan.rejected,
            waiting=plan.waiting,
            warnings=plan.warnings,
            causes=known,
            metrics=metrics,
            bakes=bakes,
            last_changes={
                each.slot_id: last_changes[each.slot_id]
                for each in changes
                if each.slot_id in last_changes
            },
            at_work=at_work,
        )

    def with_bakes(self, bakes: tuple[Bake, ...]) -> DriftReport:
        """The report with these bakes instead."""
        return self.model_copy(update={"bakes": bakes})

    def warning_of(self, problem: str) -> DriftReport:
        """The report with this warning too, if it says anything."""
        warnings = (*self.warnings, problem)
        return self.model_copy(update={"warnings": warnings}) if problem else self

    @property
    def is_drifted(self) -> bool:
        """Whether live differs from the files, or holds content that a gate has rejected."""
        return bool(self.changes or self.rejected)

    @property
    def is_below_a_gate(self) -> bool:
        """Whether a measured slot fails its gate."""
        return bool(self.judged(VerdictResult.FAILED))

    @property
    def failed_bakes(self) -> tuple[Bake, ...]:
        """The bakes that failed."""
        return tuple(each for each in self.bakes if each.result is BakeResult.FAILED)

    @property
    def nothing_measured(self) -> bool:
        """Whether there were slots to measure, and none of them gave a number."""
        health = (self.metrics or {}).values()
        return bool(health) and not any(each.measured for each in health)

    def judged(self, result: VerdictResult) -> dict[str, SlotHealth]:
        """The slots with this verdict, by slot id and in the order of the ids."""
        return {
            slot_id: each
            for slot_id, each in sorted((self.metrics or {}).items())
            if each.result is result
        }

    @property
    def exit_code(self) -> int:
        """2 before 3 before 1: a finding counts even if some slots could not be measured."""
        if self.is_drifted:
            return 2
        if self.is_below_a_gate or self.failed_bakes:
            return 3
        return 1 if self.nothing_measured else 0
