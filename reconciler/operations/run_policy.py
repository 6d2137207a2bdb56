"""The settings of a run, from the project and the command line."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.engine.policy import RunPolicy
from reconciler.errors import ConfigurationError
from reconciler.model.change import Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import History, OpenChange
from reconciler.model.project import Project


def run_policy_for(
    project: Project, endpoint: Endpoint, *, history: History, judged: bool
) -> RunPolicy:
    """The settings of a run: its gates, rollout and protection."""
    protected = {slot.slot_id for slot in project.desired.values() if slot.protect}
    return RunPolicy(
        endpoint=endpoint,
        gates=project.gates,
        default_gate=project.settings.gate,
        rollout=project.settings.rollout,
        max_attempts=project.settings.limits.max_attempts,
        judged=judged,
        methods=project.api.methods,
        protected=frozenset(protected),
        unprotected=frozenset((history.protected & project.desired.keys()) - protected),
    )


def require_bot(policy: RunPolicy, changes: Iterable[Change | OpenChange]) -> None:
    """Raises ConfigurationError if a gate judges any of these changes, but no bot is set."""
    gated = any(policy.gate_of(change) is not None for change in changes)
    if gated and policy.endpoint.bot_id is None:
        raise ConfigurationError(
            "COGNIGY_BOT_ID is missing, so no gate can judge these changes.",
            hint="Set it. In an emergency: --no-gate --reason TEXT",
        )
