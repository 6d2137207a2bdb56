"""The bakes of changes on probation, judged by one measurement of what their gates measure.

what was measured                         the verdict
───────────────────────────────────────   ────────────────────────────────────────────────────
its own rate or a watched one falls       failed, at any time
one of them cannot be measured            inconclusive
all pass                                  passed
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from reconciler.engine.gate import Evaluation
from reconciler.engine.health import at_once
from reconciler.engine.judging import Trial, judge
from reconciler.engine.measured_once import MeasuredOnce
from reconciler.model.bake import Probation
from reconciler.model.change import Action
from reconciler.model.gate import SlotGate, Verdict, VerdictResult
from reconciler.ports import Clock, Observer


def judge_bakes(
    probations: Iterable[Probation],
    *,
    gates: Mapping[str, SlotGate],
    tenant: MeasuredOnce,
    clock: Clock,
    observer: Observer,
) -> dict[str, Verdict]:
    """By slot id, what the gate of each change says now, by the baselines from before the change.

    Costs a request for each metric that has not been measured.
    """
    begun = clock.monotonic()
    evaluations = {
        (each.slot_id, slot_id): evaluation
        for each in probations
        for slot_id, evaluation in _trial(each, gates[each.slot_id]).evaluations(at=begun).items()
    }
    verdicts: dict[tuple[str, str], Verdict] = {}
    unmeasured: dict[tuple[str, str], Evaluation] = {}
    for key, evaluation in evaluations.items():
        reading = tenant.known(evaluation.metric)
        verdict = evaluation.observe(reading, at=evaluation.deadline) if reading else None
        if isinstance(verdict, Verdict):
            verdicts[key] = verdict
        else:
            unmeasured[key] = evaluation
    verdicts.update(
        judge(unmeasured, tenant=tenant, clock=clock, observer=observer, patience=math.inf)
    )
    by_change: dict[str, dict[str, Verdict]] = {}
    for changed, slot_id in evaluations:
        by_change.setdefault(changed, {})[slot_id] = verdicts[changed, slot_id]
    return {changed: _joined(changed, found) for changed, found in by_change.items()}


def _trial(probation: Probation, gate: SlotGate) -> Trial:
    return Trial(
        probation.slot_id,
        gate=SlotGate(policy=at_once(gate.policy), watch=gate.watch),
        baselines=probation.baselines,
        is_creation=probation.action is Action.CREATE,
    )


def _joined(changed: str, found: Mapping[str, Verdict]) -> Verdict:
    """The first verdict that falls, else the first inconclusive one, else its own."""
    own = found[changed]
    for result in (VerdictResult.FAILED, VerdictResult.INCONCLUSIVE):
        for slot_id, verdict in found.items():
            if verdict.result is result and slot_id == changed:
                return own
            if verdict.result is result:
                reason = f"the watched slot {slot_id}: {verdict.reason}"
                return own.model_copy(update={"result": result, "stands": False, "reason": reason})
    return own
