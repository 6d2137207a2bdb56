"""The settings of a run, from the project and the command line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from reconciler.engine.policy import RunPolicy
from reconciler.errors import ConfigurationError, UnmeasurableError
from reconciler.model.change import Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Metric
from reconciler.model.ledger import History, OpenChange
from reconciler.model.listed import listed
from reconciler.model.project import Project
from reconciler.ports import Tenant


def run_policy_for(
    project: Project, endpoint: Endpoint, *, history: History, judged: bool
) -> RunPolicy:
    """The settings of a run: its gates, rollout, protection and snapshot. Raises ConfigurationError
    for a snapshot that the tenant cannot take."""
    snapshot = project.settings.snapshot
    if snapshot.before_apply and not project.api.takes_snapshots:
        raise ConfigurationError(
            f"{project.api.name} has no snapshots, so none can be taken before an apply.",
            hint="Leave out the setting snapshot.before_apply.",
        )
    protected = {slot.slot_id for slot in project.desired.values() if slot.protect}
    return RunPolicy(
        endpoint=endpoint,
        gates=project.gates,
        default_gate=project.settings.gate,
        rollout=project.settings.rollout,
        max_attempts=project.settings.limits.max_attempts,
        judged=judged,
        methods=project.api.methods,
        shared=project.shared,
        commands=project.commands,
        protected=frozenset(protected),
        unprotected=frozenset((history.protected & project.desired.keys()) - protected),
        snapshot=snapshot,
    )


def require_bot(policy: RunPolicy, changes: Iterable[Change | OpenChange]) -> None:
    """Raises ConfigurationError if a gate judges any of these changes, but no bot is set."""
    gated = any(policy.gate_of(change) is not None for change in changes)
    if gated and policy.endpoint.bot_id is None:
        way_out = policy.commands.without_gate
        raise ConfigurationError(
            f"{policy.endpoint.places.bot} is missing, so no gate can judge these changes.",
            hint=f"Set it.{f' In an emergency: {way_out}' if way_out else ''}",
        )


def unmeasurable(
    policy: RunPolicy, changes: Iterable[Change | OpenChange], tenant: Tenant
) -> Iterator[str]:
    """Why gates can never judge these changes, as they are set up: one text per reason."""
    by_metric: dict[Metric, list[str]] = defaultdict(list)
    for change in changes:
        gate = policy.gate_of(change)
        if gate is not None:
            by_metric[gate.policy.metric_of(change.slot_id)].append(change.slot_id)
    for metric, slot_ids in by_metric.items():
        reason = tenant.reason_unmeasurable(metric)
        if reason:
            yield f"No gate can judge {listed(sorted(slot_ids))}: {reason}"


def require_measurable(
    policy: RunPolicy, changes: Iterable[Change | OpenChange], tenant: Tenant
) -> None:
    """Raises ConfigurationError as `require_bot` does, and UnmeasurableError if what a gate should
    measure does not exist or measures nothing."""
    changes = tuple(changes)
    require_bot(policy, changes)
    reasons = list(unmeasurable(policy, changes, tenant))
    if reasons:
        way_out = policy.commands.without_gate
        raise UnmeasurableError(
            reasons[0] if len(reasons) == 1 else "Gates can never judge these changes:",
            details=reasons if len(reasons) > 1 else (),
            hint="Correct the gate. To apply without one: `gate: {enabled: false}` in the slot's "
            f"file{f', or {way_out}' if way_out else '.'}",
        )
