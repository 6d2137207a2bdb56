"""What a look at an environment proves, for those that are promoted from it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from reconciler.model.change import Cause
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.gate import VerdictResult
from reconciler.model.ledger import History
from reconciler.model.project import Project
from reconciler.model.promotion import Evidence, Trial, TrialResult, shared_identity
from reconciler.model.slot import DesiredSlot


class Sight(str, Enum):
    """How a slot was seen.

    healthy     as desired, and above the minimum of its gate
    below_gate  as desired, and below it
    differs     no longer as it was when it was proven
    """

    HEALTHY = "healthy"
    BELOW_GATE = "below_gate"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Seen:
    """A slot that was seen, and the `shared_identity` of the content that this is about."""

    slot_id: str
    sight: Sight
    shared: str


def is_promoted_from(project: Project) -> bool:
    """Whether another environment is promoted from the project's own."""
    here = project.environment
    return here is not None and any(
        each.promote_from == here.name for each in project.environments.values()
    )


def is_listed_anew(live: Collection[str], *, evidence: Evidence) -> bool:
    """Whether other slots are live than when somebody looked last."""
    return evidence.listed is None or evidence.listed != frozenset(live)


def seen(
    project: Project, report: DriftReport, *, evidence: Evidence, history: History, now: datetime
) -> Iterator[Seen]:
    """What the report says of slots that is not known yet: which of them have been proven, and
    which no longer are.

    A rate over the last day says little about content that has replaced other content since. So a
    slot whose content changed within `gate.bake_hours` is not proven by being healthy, only by the
    gate of that change.
    """
    look = _Look(project, report, evidence=evidence, history=history, now=now)
    failed = {each.slot_id for each in report.failed_bakes}  # which the ledger says otherwise
    for slot in project.desired.values():
        if not slot.is_absent and slot.slot_id not in failed:
            yield from look.at(slot)


class _Look:
    def __init__(
        self,
        project: Project,
        report: DriftReport,
        *,
        evidence: Evidence,
        history: History,
        now: datetime,
    ) -> None:
        self._project = project
        self._report = report
        self._trials = evidence.trials
        self._now = now
        rejected = {each.slot_id for each in report.rejected}
        self._unproven = rejected | history.open_changes.keys()
        waiting = {each.slot_id for each in report.waiting}
        self._differing = {each.slot_id for each in report.changes} | rejected | waiting

    def at(self, slot: DesiredSlot) -> Iterator[Seen]:
        slot_id, trial = slot.slot_id, self._trials.get(slot.slot_id)
        identity = shared_identity(slot_id, self._project.desired_everywhere.get(slot_id))
        is_known = trial is not None and trial.proves(identity)
        health = (self._report.metrics or {}).get(slot_id)
        if slot_id in self._differing:
            if trial is not None and (is_known or self._was_edited(slot_id, trial)):
                yield Seen(slot_id, Sight.DIFFERS, trial.identity)
        elif health is None:
            return
        elif health.result is VerdictResult.FAILED:
            if is_known:
                yield Seen(slot_id, Sight.BELOW_GATE, identity)
        elif not is_known and self._is_proven_by(health, slot_id, trial):
            yield Seen(slot_id, Sight.HEALTHY, identity)

    def _was_edited(self, slot_id: str, trial: Trial) -> bool:
        """Whether what has passed was edited in the tenant since."""
        is_edited = self._report.causes.get(slot_id) is Cause.CHANGED_IN_TENANT
        return is_edited and trial.result is TrialResult.PASSED

    def _is_proven_by(self, health: SlotHealth, slot_id: str, trial: Trial | None) -> bool:
        is_good = health.result is VerdictResult.PASSED and health.measured
        return is_good and slot_id not in self._unproven and self._has_baked(slot_id, trial)

    def _has_baked(self, slot_id: str, trial: Trial | None) -> bool:
        """Whether what is measured now is about the content that is live now."""
        if trial is None or trial.result is TrialResult.BELOW_GATE:
            return True
        bake = timedelta(hours=self._project.gates[slot_id].policy.hours_on_probation)
        return trial.at + bake <= self._now
