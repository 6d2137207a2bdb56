"""The settings document of version 2."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from reconciler.adapters.manifests.documents import shared
from reconciler.adapters.manifests.documents.shared import Text
from reconciler.adapters.manifests.documents.v2.gate import DEFAULT_POLICY, GateDocument
from reconciler.adapters.manifests.wording import REFUSED
from reconciler.model.environment import Expectation
from reconciler.model.settings import Limits, Rollout, Settings, Snapshot, Training, Watch

_SnapshotPart = Annotated[
    Snapshot, Field(description="Whether an apply takes a snapshot before its first change.")
]


class ExpectDocument(shared.ExpectDocument):
    """Where the configuration of an environment has to lead, which may be a project."""

    project_id: Text | None = Field(
        default=None, description="The id of the project, which `bot_id` may name, too."
    )

    @model_validator(mode="after")
    def _require_one_id(self) -> ExpectDocument:
        if self.bot_id is not None and self.project_id is not None:
            raise PydanticCustomError(
                REFUSED,
                "{why}",
                {"why": "should have a bot_id or a project_id, not both", "hint": ""},
            )
        return self

    def to_expectation(self) -> Expectation:
        """The expectation that this document describes."""
        if self.project_id is None:
            return super().to_expectation()
        return Expectation(origin=self.origin, bot_id=self.project_id, key="project_id")


class EnvironmentDocument(shared.EnvironmentDocument):
    """What reconciler.yaml says about one environment."""

    expect: ExpectDocument = Field(
        default=ExpectDocument(), description="Where the configuration has to lead."
    )
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
