"""Which changes of a plan wait for another environment, and what for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.model.change import Change
from reconciler.model.commands import PROJECT, Commands
from reconciler.model.duration import duration
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Environment
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.model.promotion import Evidence, Trial, TrialResult, Waiting, shared_identity
from reconciler.model.state import DesiredState

_RESULTS = {
    TrialResult.IN_PROGRESS: "its change is still in progress there",
    TrialResult.REJECTED: "its gate rejected it there",
    TrialResult.ROLLED_BACK: "it was rolled back there",
    TrialResult.BELOW_GATE: "it fell below its gate there",
    TrialResult.EDITED: "somebody has edited it there since",
    TrialResult.INCONCLUSIVE: "its gate was inconclusive there",
    TrialResult.UNJUDGED: "no gate judged it there",
    TrialResult.FAILED: "it could not be stored there",
}
_HELD = "it waited when this plan was made"

_Wait = tuple[str, "datetime | None"]
"""A reason, and until when."""


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """What the changes in `environment` have to wait for in `source`.

    `shared` are the slots as the files say them before what differs in any environment. `evidence`
    says what they have proven in `source`, and `now` is an aware time. `held` are slots that wait
    in any case, because a saved plan has them wait. `commands` are for messages.
    """

    environment: Environment
    source: Environment
    shared: DesiredState
    evidence: Evidence
    now: datetime
    held: frozenset[str] = field(default=frozenset())
    commands: Commands = PROJECT

    def applied_to(self, plan: Plan, *, regardless: Collection[str] = ()) -> Plan:
        """The plan without the changes that wait, which it lists as waiting instead. What depends
        on a waiting change waits too. `regardless` are slots that never wait."""
        waiting: dict[str, Waiting] = {}
        for change in plan.changes:
            if change.slot_id not in regardless:
                found = self._waiting(change, waiting)
                if found is not None:
                    waiting[change.slot_id] = found
        due = tuple(each for each in plan.changes if each.slot_id not in waiting)
        return plan.model_copy(
            update={
                "changes": due,
                "waiting": tuple(waiting.values()),
                "warnings": (
                    *plan.warnings,
                    *self._warning_of_one_place(plan.endpoint),
                    *self._warnings(due),
                ),
            }
        ).recounted()

    def _waiting(self, change: Change, others: Mapping[str, Waiting]) -> Waiting | None:
        found = self._own_wait(change)
        blocking = sorted(others.keys() & change.depends_on)
        if found is None and blocking:
            untils = [others[each].until for each in blocking]
            known = [each for each in untils if each is not None]
            found = (
                f"it depends on {listed(blocking)}",
                max(known) if len(known) == len(untils) else None,
            )
        if found is None:
            return None
        reason, until = found
        return Waiting(change=change, environment=self.source.name, reason=reason, until=until)

    def _own_wait(self, change: Change) -> _Wait | None:
        """Why the change itself waits, and until when; None if it does not."""
        slot_id, source = change.slot_id, self.source.name
        if not self.evidence.runs:
            unknown = f"nothing is known of {source}: no run there is in the ledger"
            return f"{unknown}{self.commands.or_evidence}", None
        absence = shared_identity(slot_id, None)
        identity = shared_identity(slot_id, self.shared.get(slot_id))
        trial = self.evidence.trials.get(slot_id)
        if identity != absence and self._is_absent_in_source(slot_id):
            return f"the files make it absent in {source}, so it cannot pass there", None
        if identity == absence and (trial is None or trial.identity != absence):
            return self._wait_of_deletion(slot_id, has_trial=trial is not None)
        if trial is None or trial.identity != identity:
            return f"this content has not passed its gate in {source} yet", None
        if trial.result is not TrialResult.PASSED:
            return f"{_RESULTS[trial.result]}, in run {trial.run_id}", None
        return self._soak(trial) or ((_HELD, None) if slot_id in self.held else None)

    def _wait_of_deletion(self, slot_id: str, *, has_trial: bool) -> _Wait | None:
        """Why a slot that was not deleted in the source waits; None if it never was there."""
        source, seen = self.source.name, self.evidence.listed
        if has_trial or (seen is not None and slot_id in seen):
            return f"{source} still has it", None
        if seen is None:
            look = self.commands.drift(source)
            return f"it is not known whether {source} has it; run `{look}`", None
        return (_HELD, None) if slot_id in self.held else None

    def _soak(self, trial: Trial) -> _Wait | None:
        if not self.environment.soak_hours:
            return None  # even if it was the clock of another machine, which is ahead
        until = trial.at + timedelta(hours=self.environment.soak_hours)
        if until <= self.now:
            return None
        soak = duration(self.environment.soak_hours * 3600)
        return (
            f"it passed there at {trial.at:%Y-%m-%d %H:%M} UTC and has to stand for {soak}",
            until,
        )

    def _is_absent_in_source(self, slot_id: str) -> bool:
        there = self.source.overridden.get(slot_id)
        return there is not None and there.is_absent

    def _warning_of_one_place(self, here: Endpoint) -> Iterator[str]:
        """If the source's runs were where this plan is for, and of the same slots there."""
        if here == self.evidence.endpoint and self.environment.ids == self.source.ids:
            what, where = (
                ("credentials", "fleet.yaml")
                if self.commands.is_of_fleet
                else ("variables", "reconciler.yaml")
            )
            yield (
                f"The runs in {self.source.name} were in the same {here.kind}, "
                f"{here.bot_id or '(none)'} on {here.origin}, so they changed "
                f"{self.environment.name} directly. Correct the {what} of one of them; `expect` in "
                f"{where} says where each should lead."
            )

    def _warnings(self, due: Collection[Change]) -> Iterator[str]:
        here, there = self.environment.name, self.source.name
        if differing := self._differing_in(self.environment, due):
            yield (
                f"The files say something else for {here}: {listed(differing)}. "
                f"What has passed in {there} is the content for all environments."
            )
        if differing := self._differing_in(self.source, due):
            yield (
                f"The files say something else for {there}: {listed(differing)}. "
                f"What has passed there is that, and not all that {here} gets."
            )

    def _differing_in(self, environment: Environment, due: Collection[Change]) -> list[str]:
        """The slots whose content the files say differently for this environment."""
        overridden, shared = environment.overridden, self.shared
        return [
            each.slot_id
            for each in due
            if each.slot_id in overridden
            and shared_identity(each.slot_id, overridden[each.slot_id])
            != shared_identity(each.slot_id, shared.get(each.slot_id))
        ]
