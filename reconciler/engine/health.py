"""The current success rates of slots, without changing anything."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from reconciler.engine.gate import Evaluation
from reconciler.engine.judging import Measuring, judge
from reconciler.errors import TenantError
from reconciler.model.gate import GatePolicy, NotMeasured, SlotGate, Verdict
from reconciler.ports import Clock, Observer, Tenant


def check_health(
    slot_ids: Iterable[str],
    *,
    gates: Mapping[str, SlotGate],
    tenant: Measuring,
    clock: Clock,
    observer: Observer,
) -> dict[str, Verdict]:
    """Each slot's success rate against its gate's minimum, by one measurement.

    A slot that cannot be measured now is inconclusive.
    """
    evaluations = {
        slot_id: Evaluation.begin(
            slot_id,
            policy=at_once(gates[slot_id].policy),
            baseline=None,
            at=clock.monotonic(),
            measured_by=gates[slot_id].policy.metric_of(slot_id),
        )
        for slot_id in slot_ids
    }
    return dict(
        judge(evaluations, tenant=tenant, clock=clock, observer=observer, patience=math.inf)
    )


def at_once(policy: GatePolicy) -> GatePolicy:
    """The policy, to judge by a single measurement without any wait."""
    once = {"settle_seconds": 0.0, "timeout_seconds": 0.0, "consecutive_passes": 1}
    return policy.model_copy(update=once)


def without_metrics(
    slot_ids: Iterable[str], *, gates: Mapping[str, SlotGate], tenant: Tenant
) -> tuple[tuple[str, ...], str]:
    """The slots without metrics, for which a gate would wait; and the reason why the remaining
    slots were not measured, if the tenant failed meanwhile ("" otherwise)."""
    silent: list[str] = []
    for slot_id in slot_ids:
        try:
            reading = tenant.measure(gates[slot_id].policy.metric_of(slot_id))
        except TenantError as error:
            return tuple(silent), error.message
        if isinstance(reading, NotMeasured):
            silent.append(slot_id)
    return tuple(silent), ""
