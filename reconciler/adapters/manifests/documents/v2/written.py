"""Live slot fillers → the keys of their files."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.adapters.manifests.documents.shared import FieldValue
from reconciler.adapters.manifests.documents.v2.slots import MANAGED, SOUGHT
from reconciler.model.content import FILLER_SWITCHES, FILLER_TEXTS, FillerContent
from reconciler.model.settings import Settings
from reconciler.model.slot import LiveSlot

ORDER = ("slot_id", "flow", "name", "type", *MANAGED, "state")
CLEARED: Mapping[str, FieldValue] = {
    **dict.fromkeys(FILLER_TEXTS, ""),
    **dict.fromkeys(SOUGHT),
    **dict.fromkeys(FILLER_SWITCHES, False),
}


def written(slot: LiveSlot, settings: Settings) -> dict[str, FieldValue]:
    """What is switched on or set, and what would otherwise be switched on in a new slot filler."""
    content = slot.canonical
    live = content.canonical_fields()
    fields: dict[str, FieldValue] = {"slot_id": slot.slot_id}
    if live["flow"] != settings.flow:
        fields["flow"] = live["flow"]
    if live["name"] != slot.slot_id:
        fields["name"] = live["name"]
    fields["type"] = live["type"]
    for key in FILLER_TEXTS:
        if live[key] and (key not in SOUGHT or key == live["type"]):
            fields[key] = live[key]
    unnamed = FillerContent(**{**live, **dict.fromkeys(FILLER_SWITCHES)}).completed(None)
    for key in FILLER_SWITCHES:
        if live[key] or getattr(unnamed, key):
            fields[key] = live[key]
    return fields
