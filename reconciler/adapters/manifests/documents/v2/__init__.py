"""The documents of version 2: a slot is a slot filler of a flow, judged by playbooks.

slots     the slot document
gate      the gate, of a project or a slot
settings  the settings document
written   live slot fillers → the keys of their files
"""

from __future__ import annotations

from reconciler.adapters.manifests.documents.shared import Documents
from reconciler.adapters.manifests.documents.v2 import slots, written
from reconciler.adapters.manifests.documents.v2.gate import gate_defaults
from reconciler.adapters.manifests.documents.v2.settings import SettingsDocument

DOCUMENTS = Documents(
    api="cognigy-v2",
    slot=slots.SlotDocument,
    absent_slot=slots.AbsentSlotDocument,
    settings=SettingsDocument,
    gate_defaults=gate_defaults,
    patterns="regex",
    neutral_type=slots.NEUTRAL_TYPE,
    extraction=frozenset({"regex", "type"}),
    sought=slots.SOUGHT,
    faults=slots.faults,
    locator=slots.locator,
    overridable=frozenset({*slots.CONTENT, "reference_id", "gate", "protect", "state"}),
    order=written.ORDER,
    written=written.written,
    cleared=written.CLEARED,
)
