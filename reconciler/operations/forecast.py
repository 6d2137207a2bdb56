"""How long an apply of a plan will take, and its gates will wait for metrics that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.engine.health import without_metrics
from reconciler.engine.policy import RunPolicy
from reconciler.model.change import Action, Change
from reconciler.model.duration import duration
from reconciler.model.gate import GatePolicy, SlotGate, SlotMetric
from reconciler.model.ledger import History
from reconciler.model.listed import listed
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.operations.run_policy import run_policy_for, unmeasurable
from reconciler.planning.estimate import estimated_seconds
from reconciler.ports import Connection

MOST_MEASUREMENTS = 4
"""Measurements. A plan may send five requests in addition to those for the listing's pages; the
fifth asks for the page after the last."""


def with_estimate(
    made: Plan, project: Project, connection: Connection, *, policy: RunPolicy
) -> Plan:
    """The plan with how long an apply will take; sends nothing."""

    def policy_of(change: Change) -> GatePolicy | None:
        gate = policy.gate_of(change)
        return gate.policy if gate is not None else None

    seconds = estimated_seconds(
        made.due,
        settings=project.settings,
        policy_of=policy_of,
        trains_with_writes=connection.tenant.trains_with_writes,
    )
    return made.model_copy(update={"estimated_seconds": seconds if made.due else None})


def with_forecast(made: Plan, project: Project, connection: Connection) -> Plan:
    """The plan with how long an apply will take, and a warning about gates that will have to wait.

    If there are many updates, only MOST_MEASUREMENTS of them are measured, always the same ones.
    """
    policy = run_policy_for(project, connection.endpoint, history=History(), judged=True)
    made = with_estimate(made, project, connection, policy=policy)
    gated = [change for change in made.due if policy.gate_of(change) is not None]
    if not gated:
        return made
    if connection.endpoint.bot_id is None:
        note = f"{connection.endpoint.places.bot} is not set: without it " + (
            "only `apply --no-gate` can make this plan."
            if project.commands.without_gate
            else "this plan cannot be applied."
        )
        return made.model_copy(update={"warnings": (*made.warnings, note)})
    notes = list(unmeasurable(policy, gated, connection.tenant))
    gates = policy.gates
    # A playbook is not run for a plan: it measures at once, and runs the flow with all it does.
    gated = [each for each in gated if _is_measured_over_time(gates[each.slot_id], each.slot_id)]
    live = [change.slot_id for change in gated if change.action is Action.UPDATE]
    sample = _spread(live, most=MOST_MEASUREMENTS)
    silent, reason = without_metrics(sample, gates=gates, tenant=connection.tenant)
    notes.extend([f"Metrics could not be read: {reason}"] if reason else [])
    unmeasured = [
        change for change in gated if change.action is Action.CREATE or change.slot_id in silent
    ]
    if unmeasured:
        names = listed(sorted(change.slot_id for change in unmeasured))
        seconds = _waiting_seconds(unmeasured, gates=gates, batch=policy.rollout.batch)
        is_sample = len(sample) < len(live)
        notes.append(
            f"No metrics yet for {names}. If there are none after the change, the gate waits until "
            f"its timeout, {'at least ' if is_sample or reason else ''}{duration(seconds)} in all, "
            "and is inconclusive."
            + (_sample_note(live, sample, silent) if is_sample and not reason else "")
        )
    return made.model_copy(update={"warnings": (*made.warnings, *notes)})


def _is_measured_over_time(gate: SlotGate, slot_id: str) -> bool:
    return isinstance(gate.policy.metric_of(slot_id), SlotMetric)


def _spread(slot_ids: Sequence[str], *, most: int) -> list[str]:
    """A sample of these, evenly spaced."""
    count = min(most, len(slot_ids))
    return [slot_ids[number * len(slot_ids) // count] for number in range(count)]


def _sample_note(live: Sequence[str], sample: Sequence[str], silent: Sequence[str]) -> str:
    return (
        f" Of {len(live)} gated updates, {len(sample)} were measured, and {len(silent)} of these "
        "had no metrics."
    )


def _waiting_seconds(
    changes: Iterable[Change], *, gates: Mapping[str, SlotGate], batch: str
) -> float:
    """How long the gates of these changes wait for metrics that never come: one after the other,
    or those of a wave together."""
    waits: dict[object, float] = {}
    for change in changes:
        policy = gates[change.slot_id].policy
        together = change.wave if batch == "wave" else change.slot_id
        wait = policy.settle_seconds + policy.timeout_seconds
        waits[together] = max(wait, waits.get(together, 0.0))
    return sum(waits.values())
