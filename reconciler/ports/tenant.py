"""The tenant, whatever API it has."""

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
    """What a command may do to a tenant; the adapter requests no more than that."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Sighting:
    """Live slots as they were at `at` or later, a time of Clock.monotonic; None is absence."""

    at: float
    slots: Mapping[str, LiveSlot | None]


class Tenant(Protocol):
    """The tenant. Every method may raise a TenantError."""

    @property
    def trains_with_writes(self) -> bool:
        """Whether `store` can train the bot; if not, only `train` does."""
        ...

    def list_slots(self) -> LiveState:
        """Every live slot of the tenant, other teams' too."""
        ...

    def read_slot(self, slot_id: str) -> LiveSlot | None:
        """The live slot, or None once its absence is certain."""
        ...

    def read_ahead(self, slot_ids: Sequence[str], *, expected_absent: Collection[str]) -> Sighting:
        """The first of these slots, just before it is written. It includes the others if one
        listing shows them all with fewer requests, and no revision is lost that way.

        A write can follow at once. For a slot in `expected_absent`, a single 404 is enough;
        `read_slot` has it confirmed.
        """
        ...

    def await_turn(self) -> None:
        """Wait until the rate limit lets a request be sent at once."""
        ...

    def store(
        self, slot_id: str, content: SlotContent, *, train: bool, replaces: LiveSlot | None
    ) -> LiveSlot | None:
        """Store a slot as `content`, creating it if necessary. `train` requests training with the
        write, which requires `trains_with_writes`.

        Returns the slot in the tenant's response, which is what is live from then on, or None if
        the response does not contain it.

        `replaces` is the slot as it was read just before (None: it was absent). A tenant with
        revisions refuses with ConflictError if the slot has changed since. Raises
        OutcomeUnknownError, or RetrainingFailedError if the training failed; in both cases, only a
        read shows whether the slot was stored.
        """
        ...

    def train(self, stored: LiveSlot) -> LiveSlot | None:
        """Train the bot on its slots, including this one, and wait until it is trained, unless the
        metrics show when that is the case.

        `stored` is the slot as it was read just before: if training needs a write, it is stored
        again unchanged. Returns the slot if the response contains it. Raises ConflictError if it
        has changed since, RetrainingFailedError if it cannot be trained, and OutcomeUnknownError
        if that is unknown.
        """
        ...

    def delete(self, slot_id: str) -> None:
        """Delete the slot. Raises UnsupportedError if the tenant cannot, NotFoundError if there is
        no such slot, or perhaps no such route, ConflictError if it is not the slot that was read
        last, and OutcomeUnknownError if it is unknown whether the slot is gone."""
        ...

    def revive(self, raw: Mapping[str, Any]) -> LiveSlot:
        """The slot that this tenant once sent as `raw`, which is in the ledger; sends nothing."""
        ...

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The current rate of a metric; NotMeasured if the tenant has none yet.

        Raises UnavailableError if there is no answer by `until`, a time of Clock.monotonic.
        """
        ...

    def reason_unmeasurable(self, metric: Metric) -> str:
        """Why this metric can never be measured, as it is set up now; "" if it can."""
        ...

    def doubt(self, content: SlotContent) -> str:
        """Why a slot with this content extracts nothing, as the tenant is set up now; "" if it does
        as far as is known."""
        ...

    def introduce(self, slot_id: str, content: SlotContent) -> None:
        """Learn of a slot that earlier runs changed and that no file describes any more. Where a
        slot is found by more than its id, only this says where it is."""
        ...

    def take_snapshot(self, name: str, *, description: str, until: float) -> None:
        """Have the tenant keep a snapshot of this unique name, and wait until it is there. None is
        ever deleted or restored.

        Raises UnsupportedError if the tenant has no snapshots, and another TenantError if this one
        is not there by `until`, a time of Clock.monotonic. It may appear later.
        """
        ...

    def people(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """The names of these users, as far as the tenant shows them."""
        ...


@dataclass(frozen=True)
class Connection:
    """A tenant, and the endpoint that it and the bot are."""

    tenant: Tenant
    endpoint: Endpoint
