"""What is said of a slot that is not as it was written."""

from __future__ import annotations

import json

from reconciler.errors import ForeignEditError
from reconciler.model.lookalikes import told_apart
from reconciler.model.slot import CanonicalSlot, SlotContent


def foreign_edit(
    slot_id: str,
    *,
    former: CanonicalSlot | None,
    wanted: CanonicalSlot | None,
    found: CanonicalSlot | None,
) -> ForeignEditError:
    """The report of all three: what it was, what we wrote or meant to, what it is."""
    return ForeignEditError(
        f"Somebody else changed {slot_id} meanwhile, and nothing was written over it. "
        f"Before: {_shown(former)}. Ours: {_shown(wanted)}. Live now: {_shown(found)}.",
        hint="Find out who, then plan again.",
    )


def differing(*, sent: SlotContent | None, stored: SlotContent | None) -> str:
    """The fields that a tenant stored otherwise than they were sent, with both values."""
    ours, theirs = (each.canonical().model_dump() if each else {} for each in (sent, stored))
    pairs = {
        field: (_quoted(theirs[field]), _quoted(value))
        for field, value in ours.items()
        if field in theirs and theirs[field] != value
    }
    shown = {field: (told_apart(pair), pair) for field, pair in pairs.items()}
    return ", ".join(
        f"{field} is {told[found]}, sent as {told[wanted]}"
        for field, (told, (found, wanted)) in shown.items()
    )


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shown(slot: CanonicalSlot | None) -> str:
    return slot.model_dump_json() if slot else "(no slot)"
