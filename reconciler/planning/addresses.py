"""Slot files that lead to one and the same slot in the tenant."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.lookalikes import composed
from reconciler.model.problem import Problem
from reconciler.model.rules.names import DUPLICATE_ADDRESS
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState


def repeated_addresses(desired: DesiredState) -> Iterator[Problem]:
    """The slots with the address of an earlier one, each once.

    Two slots of one name that are both present are left to the rule about names.
    """
    pinned: dict[str, DesiredSlot] = {}
    named: dict[tuple[str, str], list[DesiredSlot]] = {}
    for slot in desired.values():
        address = slot.address
        if address is None:
            continue
        before = named.setdefault((address.flow, composed(address.name)), [])
        rival = next((each for each in before if slot.is_absent or each.is_absent), None)
        before.append(slot)
        pin = address.reference_id
        if pin is not None and pinned.setdefault(pin, slot) is not slot:
            yield _problem(desired, slot, like=pinned[pin], field="reference_id")
        elif rival is not None:
            yield _problem(desired, slot, like=rival, field="name")


def _problem(desired: DesiredState, slot: DesiredSlot, *, like: DesiredSlot, field: str) -> Problem:
    return DUPLICATE_ADDRESS.problem(
        desired.where(slot.slot_id, field),
        message=f"{slot.slot_id} has the {field.replace('_', ' ')} of {like.slot_id}, at "
        f"{desired.where(like.slot_id, field)}: they are one slot in the tenant",
        slot_id=slot.slot_id,
        hint="Remove one of the two files, or correct its address.",
    )
