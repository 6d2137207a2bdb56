"""The bakes of changes on probation, judged by their gates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import JsonValue

from reconciler.engine.bake import judge_bakes
from reconciler.engine.measured_once import MeasuredOnce
from reconciler.model.bake import Bake, BakeResult, FailedBake, Probation, Suspect
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Verdict, VerdictResult
from reconciler.model.ledger import History, change_identity
from reconciler.model.project import Project
from reconciler.model.state import LiveState
from reconciler.operations.findings import Finding, Recorded
from reconciler.operations.services import Services
from reconciler.planning.probation import BAKE_FAILED, BAKE_PASSED
from reconciler.planning.suspects import suspects

_EVENTS = {BakeResult.PASSED: BAKE_PASSED, BakeResult.FAILED: BAKE_FAILED}


@dataclass(frozen=True)
class Baked:
    """The bakes as they were `judged` now, those that failed `earlier` and are still live, and the
    verdicts for the ledger."""

    judged: tuple[Bake, ...] = ()
    earlier: tuple[Bake, ...] = ()
    verdicts: tuple[Finding, ...] = ()

    @property
    def bakes(self) -> tuple[Bake, ...]:
        """All of them, in the order of the slot ids."""
        return tuple(sorted((*self.judged, *self.earlier), key=lambda each: each.slot_id))

    @property
    def fallen(self) -> tuple[str, ...]:
        """The slots of those that failed now."""
        return tuple(each.slot_id for each in self.judged if each.result is BakeResult.FAILED)

    def as_recorded(self, recorded: Recorded) -> Baked:
        """The same, without the bakes of changes that were no longer on probation once the ledger
        was locked."""
        if recorded.problem:
            return self
        late = {each.slot_id for each in self.verdicts if each not in recorded.findings}
        standing = tuple(each for each in self.judged if each.slot_id not in late)
        return replace(self, judged=standing)


def bake(
    project: Project,
    live: LiveState,
    *,
    endpoint: Endpoint,
    history: History,
    tenant: MeasuredOnce,
    services: Services,
) -> Baked:
    """Judge the changes on probation; records nothing."""
    baking = _Baking.of(project, live, endpoint=endpoint, history=history)
    judged = baking.judge(tenant, services)
    return Baked(
        judged=tuple(judged),
        earlier=tuple(each.bake for each in baking.failed),
        verdicts=tuple(baking.findings(judged)),
    )


def is_due(verdict: Finding, history: History) -> bool:
    """Whether the change that this verdict is about is still on probation."""
    probation = history.on_probation.get(verdict.slot_id or "")
    said = (verdict.data.get("change_run_id"), verdict.data.get("identity"))
    return probation is not None and said == (probation.run_id, probation.identity)


@dataclass(frozen=True)
class _Baking:
    """The changes on probation whose content is live, with a gate that still has them baked.

    `failed` are the changes whose bake failed earlier and that are live.
    """

    project: Project
    live: LiveState
    history: History
    on_probation: tuple[Probation, ...]
    failed: tuple[FailedBake, ...]

    @classmethod
    def of(
        cls, project: Project, live: LiveState, *, endpoint: Endpoint, history: History
    ) -> _Baking:
        """What the ledger has on probation and is live in the tenant."""

        def is_live(each: Probation) -> bool:
            slot = live.get(each.slot_id)
            content = slot.canonical if slot is not None else None
            return each.identity == change_identity(
                endpoint, slot_id=each.slot_id, after=content, managed=each.managed
            )

        gates = project.gates
        return cls(
            project=project,
            live=live,
            history=history,
            on_probation=tuple(
                each
                for slot_id, each in sorted(history.on_probation.items())
                if slot_id in gates
                and gates[slot_id].policy.enabled
                and gates[slot_id].policy.hours_on_probation > 0
                and is_live(each)
            ),
            failed=tuple(
                each for _, each in sorted(history.failed_bakes.items()) if is_live(each.probation)
            ),
        )

    def judge(self, tenant: MeasuredOnce, services: Services) -> list[Bake]:
        """How the bake of each change on probation stands now."""
        begun = services.clock.now()
        verdicts = judge_bakes(
            self.on_probation,
            gates=self.project.gates,
            tenant=tenant,
            clock=services.clock,
            observer=services.observer,
        )
        return [self._bake(each, verdicts[each.slot_id], at=begun) for each in self.on_probation]

    def _bake(self, probation: Probation, verdict: Verdict, *, at: datetime) -> Bake:
        result = BakeResult.ON_PROBATION
        if verdict.result is VerdictResult.FAILED:
            result = BakeResult.FAILED
        elif verdict.result is VerdictResult.PASSED and at >= probation.until:
            result = BakeResult.PASSED
        policy = self.project.gates[probation.slot_id].policy
        return Bake(
            slot_id=probation.slot_id,
            result=result,
            run_id=probation.run_id,
            commit=probation.commit,
            until=probation.until,
            success_rate=verdict.success_rate,
            baseline=probation.baseline,
            min_success_rate=policy.min_success_rate,
            reason=verdict.reason,
            suspects=self._suspects(probation) if result is BakeResult.FAILED else (),
        )

    def _suspects(self, fallen: Probation) -> tuple[Suspect, ...]:
        gate = self.project.gates[fallen.slot_id]
        return suspects(
            fallen,
            measured={fallen.slot_id, *gate.watch},
            dependencies={each: self.live.dependencies(each) for each in self.live.ids},
            changes=(
                *self.history.on_probation.values(),
                *(each.probation for each in self.history.failed_bakes.values()),
            ),
            period=timedelta(hours=gate.policy.range_hours),
        )

    def findings(self, bakes: Iterable[Bake]) -> list[Finding]:
        """The verdicts on these bakes, for the ledger."""
        identities = {each.slot_id: each.identity for each in self.on_probation}
        return [
            Finding(
                _EVENTS[each.result],
                each.slot_id,
                {
                    "change_run_id": each.run_id,
                    "identity": identities[each.slot_id],
                    **each.model_dump(
                        mode="json",
                        include={"success_rate", "baseline", "min_success_rate", "reason"},
                    ),
                    **_suspects_of(each),
                },
            )
            for each in bakes
            if each.result in _EVENTS
        ]


def _suspects_of(bake: Bake) -> dict[str, JsonValue]:
    if bake.result is not BakeResult.FAILED:
        return {}
    return {"suspects": [each.model_dump(mode="json") for each in bake.suspects]}
