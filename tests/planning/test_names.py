"""Which slot takes a name from which other, and the warning if two live slots would share one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.content import FillerContent
from reconciler.model.plan import Selection
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.difference import Difference
from reconciler.planning.names import Handover, handovers, names_shared
from tests.support.build import absent, live, slot


def difference(
    desired: Iterable[DesiredSlot], held: Iterable[LiveSlot], *, targets: Iterable[str] = ()
) -> Difference:
    return Difference(
        DesiredState(desired),
        LiveState(held),
        settings=Settings(),
        selection=Selection(targets=tuple(targets)),
    )


def found(
    desired: Iterable[DesiredSlot], held: Iterable[LiveSlot], *, targets: Iterable[str] = ()
) -> list[Handover]:
    return list(handovers(difference(desired, held, targets=targets)))


def warnings(
    desired: Iterable[DesiredSlot],
    held: Iterable[LiveSlot],
    *,
    waves: Mapping[str, int],
    targets: Iterable[str] = (),
) -> list[str]:
    differs = difference(desired, held, targets=targets)
    return list(names_shared(list(handovers(differs)), waves=waves, difference=differs))


def test_a_name_is_taken_from_the_slot_that_has_it_live() -> None:
    (one,) = found([slot("a", name="N"), slot("b", name="B")], [live("b", name="N")])
    assert one == Handover(name="N", taker="a", holder="b", freed=True)
    assert str(one) == "a takes 'N' from b"


def test_a_name_is_freed_by_a_deletion_too() -> None:
    (one,) = found([slot("a", name="N"), absent("b")], [live("b", name="N")])
    assert one.freed


def test_a_holder_that_is_written_under_the_same_name_frees_nothing() -> None:
    holder = slot("b", name="N", patterns=("^new$",))
    (one,) = found([slot("a", name="N"), holder], [live("b", name="N")])
    assert not one.freed


def test_a_holder_that_the_plan_does_not_touch_frees_nothing() -> None:
    for desired in ([slot("a", name="N")], [slot("a", name="N"), slot("b", name="N")]):
        (one,) = found(desired, [live("b", name="N")])
        assert not one.freed
    (one,) = found([slot("a", name="N"), slot("b", name="B")], [live("b", name="N")], targets=["a"])
    assert not one.freed


def test_a_slot_that_has_the_name_already_takes_it_from_nobody() -> None:
    desired = [slot("a", name="N", patterns=("^new$",))]
    assert found(desired, [live("a", name="N"), live("b", name="N")]) == []


def test_a_slot_that_is_not_written_takes_nothing() -> None:
    assert found([slot("a", name="A")], [live("a", name="A"), live("b", name="N")]) == []
    assert found([slot("a", name="N")], [live("b", name="N")], targets=["other"]) == []


def test_a_live_slot_without_a_name_has_none_to_give() -> None:
    assert found([slot("a", name="N")], [live("b", name=None)]) == []


def test_a_name_is_the_same_however_its_accents_are_encoded() -> None:
    (one,) = found([slot("a", name="Caf\u00e9")], [live("b", name="Cafe\u0301")])
    assert (one.name, one.holder) == ("Caf\u00e9", "b")


def test_a_name_in_another_flow_is_another_name() -> None:
    def filler(flow: str, name: str) -> FillerContent:
        return FillerContent(flow=flow, name=name, type="date")

    desired = [DesiredSlot(slot_id="a", content=filler("F", "N"))]
    assert found(desired, [LiveSlot(slot_id="b", content=filler("G", "N"))]) == []
    assert found(desired, [LiveSlot(slot_id="b", content=filler("F", "N"))]) == [
        Handover(name="N", taker="a", holder="b", freed=False)
    ]


def test_handovers_are_sorted_by_taker_and_then_by_holder() -> None:
    desired = [slot(each, name="N") for each in ("d", "c")]
    pairs = [
        (each.taker, each.holder)
        for each in found(desired, [live("b", name="N"), live("a", name="N")])
    ]
    assert pairs == [("c", "a"), ("c", "b"), ("d", "a"), ("d", "b")]


def test_a_name_that_is_freed_in_an_earlier_wave_is_not_reported() -> None:
    desired, held = [slot("a", name="N"), slot("b", name="B")], [live("b", name="N")]
    assert warnings(desired, held, waves={"b": 0, "a": 1}) == []
    for late in ({"b": 1, "a": 1}, {"b": 2, "a": 1}):
        (sentence,) = warnings(desired, held, waves=late)
        assert sentence == (
            "These names cannot be freed before they are taken: a takes 'N' from b. Two live slots "
            "would share a name, and a tenant that requires unique names refuses the change. Do it "
            "in two steps: give a a temporary name and apply that, then the intended name."
        )


def test_a_slot_that_takes_several_names_too_early_is_named_once() -> None:
    desired = [slot("a", name="N"), slot("b", name="B"), slot("c", name="C")]
    held = [live("b", name="N"), live("c", name="N")]
    (sentence,) = warnings(desired, held, waves={"a": 0, "b": 1, "c": 1})
    assert "a takes 'N' from b, a takes 'N' from c" in sentence
    assert "give a a temporary name" in sentence


def test_the_advice_depends_on_whose_slot_keeps_the_name() -> None:
    unmanaged, left = warnings(
        [slot("a", name="N"), slot("b", name="B"), slot("c", name="M")],
        [live("theirs", name="N"), live("b", name="M")],
        waves={"a": 0, "c": 0},
        targets=["a", "c"],
    )
    assert unmanaged.startswith("These names belong to unmanaged slots: a takes 'N' from theirs.")
    assert unmanaged.endswith("Choose other names.")
    assert left.startswith("This plan leaves these names in use: c takes 'M' from b.")
    assert left.endswith("Add the other slots with --target.")
