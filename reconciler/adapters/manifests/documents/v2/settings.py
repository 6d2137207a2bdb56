"""The settings document of version 2."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.adapters.manifests.documents import shared
from reconciler.adapters.manifests.documents.shared import Text
from reconciler.adapters.manifests.documents.v2.gate import DEFAULT_POLICY, GateDocument
from reconciler.model.settings import Limits, Rollout, Settings, Snapshot, Training, Watch

_SnapshotPart = Annotated[
    Snapshot, Field(description="Whether an apply takes a snapshot before its first change.")
]


class EnvironmentDocument(shared.EnvironmentDocument):
    """What reconciler.yaml says about one environment."""

    gate: GateDocument = Field(default=GateDocument(), description="When a change stands.")
    snapshot: _SnapshotPart = Snapshot()


class SettingsDocument(shared.SettingsDocument):
    """slots/reconciler.yaml; every key but `api` is optional."""

    api: shared.Api = "cognigy-v2"
    flow: Text | None = Field(
        default=None,
        description="The flow of the slots whose files name none, by name or reference id.",
    )
    owns: shared.Owns = ()
    protect: shared.Protected = ()
    gate: GateDocument = Field(default=GateDocument(), description="When a change stands.")
    rollout: shared.RolloutPart = Rollout()
    limits: shared.LimitsPart = Limits()
    watch: shared.WatchPart = Watch()
    train: Training = Field(default=Training(), description="How long a training may take.")
    snapshot: _SnapshotPart = Snapshot()
    environments: dict[shared.EnvironmentName, EnvironmentDocument] = Field(
        default={}, description="Deployments of the same slots, such as staging and production."
    )

    def to_settings(self) -> Settings:
        """The settings that this document describes."""
        return Settings(
            owns=self.owns,
            protect=self.protect,
            gate=DEFAULT_POLICY.overridden_by(self.gate.to_override()),
            flow=self.flow,
            train=self.train,
            snapshot=self.snapshot,
            rollout=self.rollout,
            limits=self.limits,
            watch=self.watch,
        )
