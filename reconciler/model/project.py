"""A project: the slots that its files describe, its settings, and the API that will hold them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from reconciler.model.api import Api
from reconciler.model.commands import PROJECT, Commands
from reconciler.model.content import trained_with
from reconciler.model.environment import Environment
from reconciler.model.gate import GateOverride, SlotGate
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState


@dataclass(frozen=True)
class Project:
    """A desired state to plan from; `api` is the API of the tenant that will hold it.

    `environments` are those that the files declare. In one of them, `environment`, the desired
    state and the settings are those that it has there, and `shared` is the desired state without
    what differs there. `commands` are those that work on it.
    """

    desired: DesiredState
    settings: Settings = Settings()
    api: Api = field(kw_only=True)
    environments: Mapping[str, Environment] = field(default_factory=dict, kw_only=True)
    environment: Environment | None = field(default=None, kw_only=True)
    shared: DesiredState | None = field(default=None, kw_only=True)
    commands: Commands = field(default=PROJECT, kw_only=True)

    @property
    def desired_everywhere(self) -> DesiredState:
        """The desired state without what differs in the environment, if this is in one."""
        return self.desired if self.shared is None else self.shared

    def claims(self, slot_id: str) -> bool:
        """Whether a file declares the slot, in any state, or `owns` claims it."""
        return slot_id in self.desired or self.settings.claims(slot_id)

    @cached_property
    def gates(self) -> dict[str, SlotGate]:
        """The gate of every desired slot: the project's policy, overridden field by field."""
        policy = self.settings.gate

        @cache
        def gate(override: GateOverride, flow: str) -> SlotGate:
            return SlotGate(
                policy=policy.overridden_by(override).on_flow(flow), watch=override.watch
            )

        return {
            slot.slot_id: gate(slot.gate, trained_with(slot.content))
            for slot in self.desired.values()
        }
