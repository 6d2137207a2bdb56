"""A project's settings: what slots/reconciler.yaml may say."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.gate import GatePolicy


class Rollout(Frozen):
    """When the gate judges, and what happens to a change that it rejects."""

    batch: Literal["change", "wave"] = "change"
    on_failure: Literal["rollback", "halt"] = "rollback"


class Limits(Frozen):
    """What one run may do at most."""

    requests_per_minute: int = Field(default=100, ge=1)
    max_attempts: int = Field(default=5, ge=1, le=20)
    max_changes: int | None = Field(default=None, ge=0)
    max_delete_fraction: float = Field(default=0.3, ge=0, le=1)


class Settings(Frozen):
    """slots/reconciler.yaml: everything optional, the contract's defaults.

    `owns` are globs over slot_id: what --prune may delete. `protect` are slot ids that are
    never deleted, whatever the files say.
    """

    owns: tuple[str, ...] = ()
    protect: tuple[str, ...] = ()
    gate: GatePolicy = GatePolicy()
    rollout: Rollout = Rollout()
    limits: Limits = Limits()
