"""Messages about a slot that is not as it was written."""

from __future__ import annotations

import json

from reconciler.errors import ForeignEditError
from reconciler.model.content import CanonicalSlot, SlotContent
from reconciler.model.lookalikes import distinguishable
from reconciler.model.slot import LiveSlot


def foreign_edit(
    slot_id: str,
    *,
    former: CanonicalSlot | None,
    ours: CanonicalSlot | None,
    live: CanonicalSlot | None,
) -> ForeignEditError:
    """An error that shows what the slot was, what we wrote or meant to write, and what it is."""
    return ForeignEditError(
        f"Someone else changed {slot_id} in the meantime, and that edit was not overwritten. "
        f"Before: {_shown(former)}. Ours: {_shown(ours)}. Live now: {_shown(live)}.",
        hint="Find out who changed it, then plan again.",
    )


def differing(*, sent: SlotContent | None, stored: SlotContent | None) -> str:
    """The fields whose stored value differs from the one that was sent, with both values."""
    return _differences(sent, stored, formerly="sent as")


def edited(*, before: LiveSlot | None, after: LiveSlot | None) -> str:
    """The fields that someone else changed, with both values."""
    contents = (each.content if each else None for each in (before, after))
    return _differences(*contents, formerly="formerly")


def _differences(old: SlotContent | None, new: SlotContent | None, *, formerly: str) -> str:
    before, after = (each.canonical().as_json() if each else {} for each in (old, new))
    pairs = {
        field: (_quoted(after[field]), _quoted(value))
        for field, value in before.items()
        if field in after and after[field] != value
    }
    shown = {field: (distinguishable(pair), pair) for field, pair in pairs.items()}
    return ", ".join(
        f"{field} is {texts[is_now]}, {formerly} {texts[was]}"
        for field, (texts, (is_now, was)) in shown.items()
    )


def cleared_in_vain(*, sent: SlotContent | None, stored: SlotContent) -> tuple[str, ...]:
    """The fields that were to become empty and are not."""
    kept = stored.canonical().as_json()
    cleared = sent.canonical().as_json() if sent else {}
    return tuple(field for field, value in cleared.items() if value is None and kept.get(field))


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shown(slot: CanonicalSlot | None) -> str:
    return _compact(slot.as_json()) if slot else "(no slot)"
