"""The system on the other side, behind which one API hides."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from reconciler.model.content import SlotContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Metric, Reading
from reconciler.model.slot import LiveSlot
from reconciler.model.state import LiveState


class Permission(Enum):
    """What a command may do to a tenant: an adapter asks for no more."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Sighting:
    """Live slots as they were from `at` on, a time of Clock.monotonic; None is absence."""

    at: float
    slots: Mapping[str, LiveSlot | None]


class Tenant(Protocol):
    """The system on the other side. Every method may raise a TenantError."""

    @property
    def trains_with_writes(self) -> bool:
        """Whether `store` trains the bot when asked to. Elsewhere `train` alone does."""
        ...

    def list_slots(self) -> LiveState:
        """Every live slot of the tenant, other teams' too."""
        ...

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """The live slot, or None once its absence is certain."""
        ...

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        """The first of these slots, just before it is written; the others too where one listing
        shows them all for less, and no revision is lost by that.

        A write can follow at once. Of a slot in `expected_absent` a single 404 may be believed,
        where `read_slot` has it confirmed.
        """
        ...

    def await_turn(self) -> None:
        """Wait until a request would be sent at once."""
        ...

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        """Store a slot as `content`, creating it if need be. `train` asks for training with it,
        only where `trains_with_writes`.

        Returns the slot as the tenant's answer shows it, which is what is live from then on, or
        None if the answer shows none.

        `replaces` is the slot as it was read just before (None: it was absent). A tenant with
        revisions refuses with ConflictError if the slot has changed since. Raises
        OutcomeUnknownError, or RetrainingFailedError if the training failed: either way, only a
        read shows whether the slot was stored.
        """
        ...

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """Train the bot on what it holds, this slot among it, and wait until it is trained or
        the metrics will show when it is.

        `stored` is the slot as it was read just before: where training needs a write, it is
        stored again unchanged. Returns the slot if the answer shows it. Raises ConflictError if
        it has changed since, RetrainingFailedError if it cannot be trained, and
        OutcomeUnknownError if that is not known.
        """
        ...

    def delete(self, slot_id: str) -> None:
        """Delete the slot. Raises UnsupportedError where the tenant cannot, NotFoundError where
        there is no such slot, or perhaps no such route, and OutcomeUnknownError where it may or
        may not be gone."""
        ...

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """A slot as this tenant once sent it, from the ledger; sends nothing."""
        ...

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The rate that a metric has now; NotMeasured if the tenant has none yet.

        By `until`, a time of Clock.monotonic, the answer is there or UnavailableError is raised.
        """
        ...

    def reason_unmeasurable(self, metric: Metric) -> str:
        """Why this metric can never be measured, as it is set up now; "" if it can."""
        ...

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """Learn of a slot that earlier runs changed and that no file describes any more. Where a
        slot is found by more than its id, only this says where it is."""
        ...

    def people(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The names of these users, as far as the tenant shows them."""
        ...


@dataclass(frozen=True)
class Connection:
    """A tenant, and the endpoint that it and the bot are."""

    tenant: Tenant
    endpoint: Endpoint
