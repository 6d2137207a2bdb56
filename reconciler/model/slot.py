"""A slot in its three forms: live (as the tenant holds it), canonical (what is compared),
desired (what a file says).

    LiveSlot.content ──┐
                       ├── SlotContent ── .canonical() ──> CanonicalSlot
    DesiredSlot.content┘   (as written)                    (order and absence normalised)

Types keep them apart: a rollback restores a SlotContent, a comparison sees CanonicalSlots only.

A tenant may hold 100,000 slots, so they are dataclasses with slots, which take a tenth of a model's
memory. What comes from outside is validated as strictly as a model is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

from pydantic import Field, JsonValue, SkipValidation
from pydantic.dataclasses import dataclass

from reconciler.model.base import STRICT, Frozen
from reconciler.model.content import CanonicalSlot, SlotContent
from reconciler.model.gate import GateOverride

SLOT_ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"
"""The ids that slot files may use."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class LiveSlot:
    """A slot as the tenant holds it.

    `raw` is the tenant's own JSON object. `unmodelled` names the fields in it that no slot file can
    express, and that a write which replaces the slot may therefore lose. `revision` is what the
    tenant can compare before it replaces the slot, such as an ETag; None where it has none.
    `changed_by` is the id of the user who changed it last, at `changed_at`, where the tenant says
    so.
    """

    slot_id: str
    content: SlotContent
    raw: Annotated[Mapping[str, JsonValue], SkipValidation] = Field(default_factory=dict)
    unmodelled: tuple[str, ...] = ()
    revision: str | None = None
    changed_by: str | None = None
    changed_at: datetime | None = None

    @property
    def canonical(self) -> CanonicalSlot:
        """What is compared."""
        return self.content.canonical()


class UnreadableSlot(Frozen):
    """What can be read of a live slot of unknown shape, which is never changed.

    `fields` are those that cannot be read, and `dependencies` the ones that can.
    """

    slot_id: str
    fields: tuple[str, ...]
    dependencies: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Why it cannot be read."""
        return f"{', '.join(self.fields)} of an unknown shape"


def canonical(live: LiveSlot | None) -> CanonicalSlot | None:
    """The canonical form of a live slot; None if there is none."""
    return live.canonical if live else None


class SlotState(str, Enum):
    """`absent` asks for deletion."""

    PRESENT = "present"
    ABSENT = "absent"


class MatchExample(Frozen):
    """A text that the slot must extract from; `value` is what it must extract, if that matters."""

    text: str
    value: str | None = None


class Examples(Frozen):
    """Texts that a slot must, and must not, extract from."""

    match: tuple[MatchExample, ...] = ()
    reject: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FillerAddress:
    """Where a slot filler is found: its flow, by name or reference id, and its name there;
    `reference_id` pins it, so that it is found under any name."""

    flow: str
    name: str
    reference_id: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DesiredSlot:
    """A slot as a file asks for it. `content` is None only for `state: absent`. `address` is where
    the tenant has it, if its `slot_id` alone does not say. `managed` are the fields of the content
    that the file states, once it is completed by others; None otherwise."""

    slot_id: str
    content: SlotContent | None
    trigger_retrain: bool = True
    state: SlotState = SlotState.PRESENT
    protect: bool = False
    description: str = ""
    gate: GateOverride = GateOverride()
    examples: Examples = Examples()
    address: FillerAddress | None = None
    managed: tuple[str, ...] | None = None

    @property
    def is_absent(self) -> bool:
        """Whether the file asks for deletion."""
        return self.state is SlotState.ABSENT

    @property
    def canonical(self) -> CanonicalSlot | None:
        """What is compared; None for an absent slot."""
        return self.content.canonical() if self.content else None

    def completed_by(self, live: LiveSlot | None) -> DesiredSlot:
        """The same, with every field that the file leaves unmanaged as it is live."""
        if self.content is None:
            return self
        content = self.content.completed(live.content if live else None)
        if content is self.content:
            return self
        return dataclasses.replace(self, content=content, managed=self.content.managed)

    def planned_identity(self) -> dict[str, Any]:
        """What a saved plan depends on: content and directives, not gate, examples or prose."""
        return {
            "slot_id": self.slot_id,
            "content": self.content.canonical_fields() if self.content else None,
            "trigger_retrain": self.trigger_retrain,
            "state": self.state.value,
            "protect": self.protect,
            **({"address": dataclasses.asdict(self.address)} if self.address else {}),
        }
