"""What the JSON of `drift` says of the slots that are live although their change must not stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.formats.reading import LISTED, Shape, parsed
from reconciler.model.reversal import Rejected


class _Bake(Shape):
    slot_id: str
    run_id: str
    result: str
    reason: str = ""


class _Rejection(Shape):
    slot_id: str
    reason: str = ""
    live: bool = False


class _Drift(Shape):
    bake: Annotated[tuple[_Bake, ...], LISTED] = ()
    rejected: Annotated[tuple[_Rejection, ...], LISTED] = ()


def parsed_rejected(document: Mapping[str, Any], *, source: str) -> tuple[Rejected, ...]:
    """Failed bakes, and what a gate rejected and left live; each slot once. Raises
    DocumentError."""
    drift = parsed(_Drift, document, source=source, what="a drift report")
    found = {
        each.slot_id: Rejected(slot_id=each.slot_id, reason=each.reason)
        for each in drift.rejected
        if each.live
    }
    for each in drift.bake:
        if each.result == "failed":
            reason = f"its bake failed: {each.reason}" if each.reason else "its bake failed"
            found[each.slot_id] = Rejected(slot_id=each.slot_id, reason=reason, run_id=each.run_id)
    return tuple(found.values())
