"""Settings and slot files → the gate of each slot."""

from __future__ import annotations

from reconciler.model.gate import SlotGate
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState


def slot_gates(desired: DesiredState, settings: Settings) -> dict[str, SlotGate]:
    """The gate of every desired slot: the project's policy, overridden field by field."""
    return {
        slot.slot_id: SlotGate(policy=settings.gate.overridden_by(slot.gate), watch=slot.gate.watch)
        for slot in desired.values()
    }
