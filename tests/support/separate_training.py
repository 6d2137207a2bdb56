"""A tenant whose API trains with a request of its own, and never with a write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reconciler.errors import RetrainingFailedError
from reconciler.model.content import SlotContent
from reconciler.model.project import Project
from reconciler.model.slot import LiveSlot
from reconciler.ports import UNSHARED, Connection, Lease, Permission, Tenant
from tests.support.world import World


@dataclass
class SeparateTraining:
    """Wraps a tenant so that only `train` trains. It fails for slots with the pattern
    `untrainable`. `trained` are the slots that it was called for."""

    inner: Tenant
    trained: list[str]
    untrainable: str
    trains_with_writes: bool = False

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        assert not train, "asked to train with a write, which this tenant cannot"
        return self.inner.store(slot_id, content, train=False, replaces=replaces)

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        self.trained.append(stored.slot_id)
        if self.untrainable in stored.content.patterns:
            raise RetrainingFailedError(f"Training {stored.slot_id}: it failed.")
        return self.inner.train(stored)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class SeparatelyTrained(World):
    """A world with such a tenant."""

    def __init__(self, folder: Path, *, untrainable: str = "(", **rest: Any) -> None:
        super().__init__(folder, **rest)
        self.trained: list[str] = []
        self._untrainable = untrainable

    @contextmanager
    def connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        with super().connect(project, permission=permission, lease=lease) as connection:
            tenant = SeparateTraining(
                connection.tenant, trained=self.trained, untrainable=self._untrainable
            )
            yield Connection(tenant=tenant, endpoint=connection.endpoint)
