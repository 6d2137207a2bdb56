"""The settings of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.change import Action, Change
from reconciler.model.commands import PROJECT, Commands
from reconciler.model.content import trained_with
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import GatePolicy, SlotGate
from reconciler.model.ledger import OpenChange
from reconciler.model.promotion import shared_identity
from reconciler.model.settings import Rollout, Snapshot
from reconciler.model.state import DesiredState


@dataclass(frozen=True)
class RunPolicy:
    """The settings of a run, from the project's files and the command line.

    `gates` are those of the slots in the files. `default_gate` judges any other slot, such as one
    left open whose file is gone. `judged` is False with --no-gate. `protected` are
    the slots that their files protect, and `unprotected` those that an earlier run recorded as
    protected and whose files no longer say so. `methods` are the HTTP methods of the tenant's API,
    for the ledger. `snapshot` says whether one is taken before the first change. `shared` are the
    slots as the files say them before what differs in an environment; None if the project has no
    environments. `commands` are for messages.
    """

    endpoint: Endpoint
    gates: Mapping[str, SlotGate]
    default_gate: GatePolicy
    rollout: Rollout
    snapshot: Snapshot
    max_attempts: int
    judged: bool
    methods: Mapping[Action, str]
    protected: frozenset[str] = frozenset()
    unprotected: frozenset[str] = frozenset()
    shared: DesiredState | None = None
    commands: Commands = PROJECT

    def gate_of(self, change: Change | OpenChange) -> SlotGate | None:
        """The gate that judges this change, or None if no gate does."""
        gate = self.gates.get(change.slot_id) or self._default_gate_of(change)
        if not self.judged or not gate.policy.enabled:
            return None
        if change.action is Action.DELETE or not change.trigger_retrain:
            return None
        return gate

    def shared_identity_of(self, slot_id: str) -> dict[str, str]:
        """What the ledger records of a change, so that other environments can be promoted from
        this one; nothing if there are no environments."""
        if self.shared is None:
            return {}
        return {"shared": shared_identity(slot_id, self.shared.get(slot_id))}

    def _default_gate_of(self, change: Change | OpenChange) -> SlotGate:
        return SlotGate(policy=self.default_gate.on_flow(trained_with(change.after)))
