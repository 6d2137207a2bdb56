"""Slot files that lead to the same slot filler."""

from __future__ import annotations

import dataclasses

from reconciler.adapters.cognigy.apis import APIS
from reconciler.model.content import FillerContent
from reconciler.model.problem import Problem
from reconciler.model.slot import DesiredSlot, FillerAddress, SlotState
from reconciler.model.state import DesiredState
from reconciler.planning.validate import validate


def filler(
    slot_id: str, *, flow: str = "F", name: str | None = None, reference_id: str | None = None
) -> DesiredSlot:
    address = FillerAddress(flow=flow, name=name or slot_id, reference_id=reference_id)
    return DesiredSlot(
        slot_id=slot_id,
        content=FillerContent(flow=flow, name=address.name, type="date"),
        address=address,
    )


def absent(slot: DesiredSlot) -> DesiredSlot:
    return dataclasses.replace(slot, content=None, state=SlotState.ABSENT)


def problems(*slots: DesiredSlot) -> tuple[Problem, ...]:
    return validate(DesiredState(slots), api=APIS["cognigy-v2"])


def found(*slots: DesiredSlot) -> list[tuple[str, str | None]]:
    return [(each.rule, each.slot_id) for each in problems(*slots)]


def test_slots_with_addresses_of_their_own_are_fine() -> None:
    assert found(filler("a"), filler("b", flow="G"), absent(filler("c")), filler("d")) == []


def test_a_name_may_be_used_once_in_each_flow() -> None:
    assert found(filler("a", name="n"), filler("b", name="n", flow="G")) == []
    assert found(filler("a", name="n"), filler("b", name="n")) == [("duplicate-name", "b")]


def test_an_absent_slot_must_not_have_the_name_of_a_present_one() -> None:
    gone, kept = absent(filler("a", name="caf\u00e9")), filler("b", name="cafe\u0301")
    rule = "duplicate-address"
    assert (rule, "b") in found(gone, kept)
    assert (rule, "a") in found(kept, gone)
    assert found(gone, absent(filler("b", name="caf\u00e9"))) == [(rule, "b")]
    (problem,) = problems(filler("b", name="n"), absent(filler("a", name="n")))
    assert problem.message.startswith("a has the name of b, at ")


def test_a_reference_id_leads_to_one_slot() -> None:
    first, second = filler("a", reference_id="r"), filler("b", reference_id="r", flow="G")
    (problem,) = problems(first, second)
    assert (problem.rule, problem.slot_id) == ("duplicate-address", "b")
    assert problem.message.startswith("b has the reference id of a, at ")


def test_each_slot_is_reported_once() -> None:
    gone = absent(filler("a", name="n", reference_id="r"))
    assert found(gone, filler("b", name="n", reference_id="r")) == [("duplicate-address", "b")]
