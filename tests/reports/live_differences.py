"""Differences between two environments, with one of everything that a report can show."""

from __future__ import annotations

from reconciler.model.change import FieldChange
from reconciler.model.live_difference import (
    FieldDifference,
    Intent,
    LiveDifference,
    SlotDifference,
    UnmanagedSlots,
)
from tests.reports.examples import HOSTILE


def field(name: str, before: object, after: object, intent: Intent) -> FieldDifference:
    return FieldDifference(
        change=FieldChange(field=name, before=before, after=after),  # type: ignore[arg-type]
        intent=intent,
    )


DIFFERENT = LiveDifference(
    first="staging",
    second="production",
    slots=(
        SlotDifference(
            slot_id="slot_city",
            name=HOSTILE,
            fields=(
                field("patterns", ["^[A-Z]+$", "^TEST$"], ["^[A-Z]+$"], Intent.MEANT),
                field("fill_strategy", "strict", "fuzzy", Intent.NOT_MEANT),
                field("dependencies", [], ["slot_order"], Intent.NOT_MEANT),
            ),
        ),
        SlotDifference(
            slot_id="slot_filler",
            name="filler",
            fields=(
                field("regex", r"^ORD-\d{5}$", r"^ORD-\d{6}$", Intent.MEANT),
                field("context_key", None, "order", Intent.UNMANAGED),
            ),
        ),
        SlotDifference(
            slot_id="slot_new",
            name="new",
            only_in="staging",
            only_in_intent=Intent.NOT_MEANT,
        ),
        SlotDifference(
            slot_id="slot_order",
            name="slot_order",
            only_in="production",
            only_in_intent=Intent.MEANT,
        ),
    ),
    same=11,
    unmanaged=UnmanagedSlots(
        only_in={"staging": (HOSTILE, "slot_x"), "production": ()}, different=("slot_theirs",)
    ),
)
SAME = LiveDifference(first="staging", second="production", same=1)
