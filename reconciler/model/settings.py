"""A project's settings."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from pydantic import Field, SerializeAsAny

from reconciler.model.base import Frozen
from reconciler.model.gate import GatePolicy


class Rollout(Frozen):
    """When the gate judges, and what happens to a change that it rejects."""

    batch: Literal["change", "wave"] = Field(
        default="change",
        description="change: gate after each change; wave: after each dependency level.",
    )
    on_failure: Literal["rollback", "halt"] = Field(
        default="rollback",
        description="rollback: roll the change back, retrain, stop; halt: leave it, stop.",
    )

    @property
    def rolls_back(self) -> bool:
        """Whether a rejected change is rolled back, rather than left in place."""
        return self.on_failure != "halt"


class Training(Frozen):
    """How long a training may take that has a task of its own; times are in seconds."""

    timeout_seconds: float = Field(
        default=600, gt=0, le=86_400, description="Seconds until a training counts as failed."
    )
    poll_interval_seconds: float = Field(
        default=3, gt=0, le=3600, description="Seconds between two looks at the task."
    )


class Snapshot(Frozen):
    """Whether an apply has the tenant take a snapshot before its first change."""

    before_apply: bool = Field(
        default=False,
        description="Whether an apply first takes a snapshot of the project, and is refused "
        "without one.",
    )
    timeout_seconds: float = Field(
        default=600, gt=0, le=86_400, description="Seconds until a snapshot counts as failed."
    )
    max_snapshots: int = Field(
        default=10,
        ge=1,
        description="How many the tenant keeps of a project; more on some dedicated installations.",
    )


class Limits(Frozen):
    """What one run must not exceed."""

    requests_per_minute: int = Field(
        default=100, ge=1, description="The tenant's limit, shared with its other clients."
    )
    max_attempts: int = Field(default=5, ge=1, le=20, description="How often a request is tried.")
    max_changes: int | None = Field(
        default=None, ge=0, description="More planned changes than this are refused."
    )
    max_delete_fraction: float = Field(
        default=0.3,
        ge=0,
        le=1,
        description="Deleting a larger fraction of the live slots that are managed or owned is "
        "refused if there are more than 10 of them.",
    )


class Watch(Frozen):
    """What `reconciler watch` does by itself, and how often; times are in minutes."""

    apply: bool = Field(
        default=False,
        description="Whether `reconciler watch` applies what the branch has. If false, it only "
        "says what there is to apply.",
    )
    every_minutes: float = Field(
        default=5, gt=0, le=1440, description="Minutes between two looks at the branch."
    )
    drift_every_minutes: float = Field(
        default=60,
        gt=0,
        le=10_080,
        description="Minutes between two drift checks, which also measure the slots.",
    )


class Settings(Frozen):
    """What a project says about all its slots.

    `owns` are globs over slot_id for what --prune may delete, `protect` the ids of slots that are
    never deleted, and `flow` is that of the slots whose files name none.
    """

    owns: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    gate: SerializeAsAny[GatePolicy] = GatePolicy()
    flow: str | None = None
    train: Training = Training()
    snapshot: Snapshot = Snapshot()
    rollout: Rollout = Rollout()
    limits: Limits = Limits()
    watch: Watch = Watch()

    def claims(self, slot_id: str) -> bool:
        """Whether `owns` claims this slot for the project."""
        return any(fnmatchcase(slot_id, glob) for glob in self.owns)
