"""A tenant whose ids differ from the keys of the slot files.

Everything above speaks of a slot by its key, its `slot_id` in the files. This translates: each
request has the tenant's id, and everything that comes back has the key.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from reconciler.errors import AmbiguousTenantError
from reconciler.model.content import SlotContent
from reconciler.model.environment import Environment
from reconciler.model.gate import Metric, Reading, SlotMetric
from reconciler.model.slot import LiveSlot, UnreadableSlot
from reconciler.model.state import LiveState
from reconciler.ports import Sighting, Tenant


class KeyedTenant:
    """A `ports.Tenant` that speaks of slots by the keys that an environment has ids for."""

    def __init__(self, tenant: Tenant, environment: Environment) -> None:
        self._tenant = tenant
        self._environment = environment
        self._key_of = {tenant_id: key for key, tenant_id in environment.ids.items()}

    @property
    def trains_with_writes(self) -> bool:
        """Whether `store` can train the bot."""
        return self._tenant.trains_with_writes

    def list_slots(self) -> LiveState:
        """Every live slot. Raises AmbiguousTenantError if one has an id that is another's key."""
        live = self._tenant.list_slots()
        self._require_distinct(live.ids)
        return LiveState(
            map(self._by_key, live.values()),
            unreadable=map(self._unreadable_by_key, live.unreadable.values()),
            unnamed=live.unnamed,
        )

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """The live slot, or None once its absence is certain."""
        return self._by_key_if_any(self._tenant.read_slot(self._id(slot_id)))

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        """The first of these slots, and the others if one listing shows them all."""
        seen = self._tenant.read_ahead(
            [self._id(each) for each in slot_ids],
            expected_absent={self._id(each) for each in expected_absent},
        )
        slots = {self._key(each): self._by_key_if_any(slot) for each, slot in seen.slots.items()}
        return Sighting(at=seen.at, slots=slots)

    def await_turn(self) -> None:
        """Wait until the rate limit lets a request be sent at once."""
        self._tenant.await_turn()

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        """Store a slot as `content`."""
        return self._by_key_if_any(
            self._tenant.store(
                self._id(slot_id),
                self._translated(content, self._id),
                train=train,
                replaces=self._by_id(replaces) if replaces else None,
            )
        )

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """Train the bot on its slots, including this one."""
        return self._by_key_if_any(self._tenant.train(self._by_id(stored)))

    def delete(self, slot_id: str) -> None:
        """Delete the slot."""
        self._tenant.delete(self._id(slot_id))

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """The slot that this tenant once sent as `raw`."""
        return self._by_key(self._tenant.revive(raw))

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The current rate of a metric."""
        return self._tenant.measure(self._metric(metric), until=until)

    def reason_unmeasurable(self, metric: Metric) -> str:
        """Why this metric can never be measured; "" if it can."""
        return self._tenant.reason_unmeasurable(self._metric(metric))

    def doubt(self, content: SlotContent) -> str:
        """Why a slot with this content extracts nothing; "" if it does."""
        return self._tenant.doubt(self._translated(content, self._id))

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """Learn of a slot that no file describes any more."""
        self._tenant.introduce(self._id(slot_id), self._translated(content, self._id))

    def take_snapshot(self, name: str, *, description: str, until: float) -> None:
        """Have the tenant keep a snapshot of this name."""
        self._tenant.take_snapshot(name, description=description, until=until)

    def people(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The names of these users."""
        return self._tenant.people(user_ids)

    def _id(self, key: str) -> str:
        return self._environment.id_of(key)

    def _key(self, tenant_id: str) -> str:
        return self._key_of.get(tenant_id, tenant_id)

    def _require_distinct(self, live: Collection[str]) -> None:
        for key, tenant_id in self._environment.ids.items():
            if key in live and key not in self._key_of:
                raise AmbiguousTenantError(
                    f"In {self._environment.name}, {key} has the id {tenant_id}, but the tenant "
                    f"also has a slot with the id {key}.",
                    hint=f"Remove one of the two, or correct `ids` at "
                    f"{self._environment.where('ids', key)}.",
                )

    def _metric(self, metric: Metric) -> Metric:
        if not isinstance(metric, SlotMetric):
            return metric
        return metric.model_copy(update={"subject": self._id(metric.subject)})

    def _by_key(self, slot: LiveSlot) -> LiveSlot:
        content = self._translated(slot.content, self._key)
        return dataclasses.replace(slot, slot_id=self._key(slot.slot_id), content=content)

    def _by_key_if_any(self, slot: LiveSlot | None) -> LiveSlot | None:
        return self._by_key(slot) if slot is not None else None

    def _by_id(self, slot: LiveSlot) -> LiveSlot:
        content = self._translated(slot.content, self._id)
        return dataclasses.replace(slot, slot_id=self._id(slot.slot_id), content=content)

    def _unreadable_by_key(self, slot: UnreadableSlot) -> UnreadableSlot:
        return slot.model_copy(
            update={
                "slot_id": self._key(slot.slot_id),
                "dependencies": tuple(map(self._key, slot.dependencies)),
            }
        )

    @staticmethod
    def _translated(content: SlotContent, translate: Callable[[str], str]) -> SlotContent:
        """The content with its dependencies in the other language."""
        dependencies = tuple(map(translate, content.dependencies))
        return dataclasses.replace(content, dependencies=dependencies)
