"""The success rates of a plan's managed slots right now."""

from __future__ import annotations

from reconciler.engine.health import check_health
from reconciler.engine.judging import Measuring
from reconciler.errors import ConfigurationError
from reconciler.model.change import Action
from reconciler.model.drift import SlotHealth
from reconciler.model.endpoint import Endpoint
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.ports import Clock, Observer


def health_of(
    project: Project,
    endpoint: Endpoint,
    made: Plan,
    *,
    tenant: Measuring,
    clock: Clock,
    observer: Observer,
) -> dict[str, SlotHealth]:
    """The health of every managed slot that is live and has a gate, by the plan just made.

    Raises ConfigurationError without a bot.
    """
    if endpoint.bot_id is None:
        raise ConfigurationError(
            f"{endpoint.places.bot} is missing. Metrics belong to a bot.", hint="Set it."
        )
    missing = {change.slot_id for change in made.changes if change.action is Action.CREATE}
    gates = project.gates
    judged = [
        slot.slot_id
        for slot in project.desired.values()
        if not slot.is_absent and slot.slot_id not in missing and gates[slot.slot_id].policy.enabled
    ]
    verdicts = check_health(judged, gates=gates, tenant=tenant, clock=clock, observer=observer)
    return {
        slot_id: SlotHealth(
            min_success_rate=gates[slot_id].policy.min_success_rate,
            result=verdict.result,
            success_rate=verdict.success_rate,
            reason=verdict.reason,
            measured=verdict.measured,
        )
        for slot_id, verdict in verdicts.items()
    }
