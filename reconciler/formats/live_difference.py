"""The JSON of `diff`, which is never parsed."""

from __future__ import annotations

from typing import Any

from reconciler.formats.printing import printed
from reconciler.model.live_difference import Intent, LiveDifference, SlotDifference


def live_difference_json(found: LiveDifference) -> str:
    """What differs, and whether the files mean it."""
    return printed(
        {
            "environments": [found.first, found.second],
            "summary": {
                **{each.value: found.count(each) for each in Intent},
                "same": found.same,
            },
            "slots": [_slot(each, found) for each in found.slots],
            "unmanaged": {
                "only_in": {
                    name: list(found.unmanaged.only_in.get(name, ()))
                    for name in (found.first, found.second)
                },
                "different": list(found.unmanaged.different),
            },
        }
    )


def _slot(slot: SlotDifference, found: LiveDifference) -> dict[str, Any]:
    return {
        "slot_id": slot.slot_id,
        "name": slot.name,
        "intent": slot.intent.value,
        "only_in": slot.only_in,
        "fields": [
            {
                "field": each.change.field,
                "intent": each.intent.value,
                "values": {found.first: each.change.before, found.second: each.change.after},
            }
            for each in slot.fields
        ],
    }
