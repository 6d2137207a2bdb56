"""`ports.Tenant` in memory, without any API."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from reconciler.errors import (
    ConflictError,
    NotFoundError,
    RequestRejectedError,
    UnsupportedError,
)
from reconciler.model.content import PatternContent, SlotContent
from reconciler.model.gate import Measurement, Metric, NotMeasured, Reading, SlotMetric
from reconciler.model.slot import LiveSlot
from reconciler.model.state import LiveState
from reconciler.ports import Clock, Sighting


class FakeTenant:
    """Stores slots, and trains them in `training_seconds` of the clock.

    A slot's rate is the share of `heard` phrases among its patterns: a stand-in for extraction
    that a test can predict.
    """

    trains_with_writes = True

    def __init__(
        self, *, clock: Clock, training_seconds: float, heard: Mapping[str, tuple[str, ...]]
    ) -> None:
        self._clock = clock
        self._training_seconds = training_seconds
        self._heard = heard
        self._slots: dict[str, LiveSlot] = {}
        self._trained: dict[str, SlotContent] = {}
        self._trained_at = 0.0
        self._revision = 0

    def list_slots(self) -> LiveState:
        return LiveState(self._slots.values())

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        return self._slots.get(slot_id)

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        return Sighting(
            at=self._clock.monotonic(), slots={slot_ids[0]: self._slots.get(slot_ids[0])}
        )

    def await_turn(self) -> None:
        """There is no rate limit."""

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot:
        current = self._slots.get(slot_id)
        if (replaces.revision and replaces != current) if replaces else current is not None:
            raise ConflictError(f"{slot_id} is another one by now.")
        missing = set(content.dependencies) - self._slots.keys()
        if missing:
            raise RequestRejectedError(f"{slot_id} names {', '.join(sorted(missing))}.")
        self._revision += 1
        self._slots[slot_id] = LiveSlot(
            slot_id=slot_id,
            content=content,
            raw={"slot_id": slot_id, **content.as_json()},
            revision=f'"{self._revision}"',
        )
        if train:
            self._trained = {each.slot_id: each.content for each in self._slots.values()}
            self._trained_at = self._clock.monotonic() + self._training_seconds
        return self._slots[slot_id]

    def train(self, stored: LiveSlot) -> LiveSlot:
        return self.store(stored.slot_id, stored.content, train=True, replaces=stored)

    def delete(self, slot_id: str) -> None:
        users = [each for each in self._slots.values() if slot_id in each.content.dependencies]
        if users:
            raise RequestRejectedError(f"{slot_id} is in use.")
        if self._slots.pop(slot_id, None) is None:
            raise NotFoundError(f"{slot_id} is not there.")
        self._trained.pop(slot_id, None)

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        fields: dict[str, Any] = {
            name: tuple(raw[name]) if isinstance(raw[name], list) else raw[name]
            for name in PatternContent.FIELDS
        }
        return LiveSlot(slot_id=raw["slot_id"], content=PatternContent(**fields), raw=raw)

    def reason_unmeasurable(self, _metric: Metric) -> str:
        return ""

    def doubt(self, _content: SlotContent) -> str:
        return ""

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """It knows every slot by its id."""

    def take_snapshot(self, name: str, *, description: str, until: float) -> None:
        raise UnsupportedError(f"{name}: there are no snapshots in memory.")

    def people(self, _user_ids: Collection[str]) -> Mapping[str, str]:
        return {}

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        assert isinstance(metric, SlotMetric)
        slot_id = metric.subject
        heard = self._heard.get(slot_id)
        if self._clock.monotonic() < self._trained_at or slot_id not in self._trained or not heard:
            return NotMeasured(reason="no metrics")
        patterns = self._trained[slot_id].patterns
        return Measurement(success_rate=sum(f"^{each}$" in patterns for each in heard) / len(heard))
