"""Ids for slot fillers that no file describes."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v2.slot_ids import Undescribed, slot_ids
from reconciler.model.slot import SLOT_ID_PATTERN

FLOW = "Order intake"
NAMES = st.one_of(st.text(max_size=8), st.sampled_from(["a", "b", "a.b", "a_b", "é", "x" * 200]))


def ids(*names: str, flow: str = FLOW, taken: tuple[str, ...] = ()) -> list[str]:
    """The ids of fillers of these names, in their order."""
    given = [Undescribed(flow, name, str(number)) for number, name in enumerate(names)]
    return [slot_ids(given, taken=taken)[each.key] for each in given]


def test_a_valid_name_is_the_id() -> None:
    assert ids("order_number", "A.b-c_", "7") == ["order_number", "A.b-c_", "7"]


def test_any_other_name_is_made_safe() -> None:
    assert ids("Order number", "Größe", ".hidden", "a/../b", "x" * 200) == [
        "Order_number",
        "Gro_e",
        "hidden",
        "a_.._b",
        "x" * 128,
    ]


def test_a_name_without_a_usable_letter_is_a_filler() -> None:
    assert ids("", flow="") == ["filler"]
    assert ids("数字") == ["filler"]


def test_where_two_would_be_alike_each_has_its_flow_in_front() -> None:
    one, other = Undescribed("Orders", "name", "1"), Undescribed("Returns", "name", "2")
    assert slot_ids([one, other], taken=()) == {"1": "Orders.name", "2": "Returns.name"}


def test_a_slot_with_a_file_keeps_its_id() -> None:
    assert ids("order", taken=("order",)) == ["Order_intake.order"]


def test_two_of_one_name_in_one_flow_are_distinguished() -> None:
    first, second = ids("twin", "twin")
    assert first != second
    for each in (first, second):
        assert re.fullmatch(r"Order_intake\.twin\.[0-9a-f]{4}", each)


@given(
    fillers=st.lists(st.tuples(NAMES, NAMES), max_size=12),
    taken=st.lists(st.sampled_from(["a", "b.a", "filler", "a.b", "a.a"]), unique=True),
)
def test_ids_are_valid_unlike_and_the_same_in_any_order(
    fillers: list[tuple[str, str]], taken: list[str]
) -> None:
    given = [Undescribed(flow, name, str(number)) for number, (flow, name) in enumerate(fillers)]
    chosen = slot_ids(given, taken=taken)
    assert chosen.keys() == {each.key for each in given}
    assert all(re.fullmatch(SLOT_ID_PATTERN, each) for each in chosen.values())
    assert len({*chosen.values(), *taken}) == len(chosen) + len(taken)
    assert slot_ids(reversed(given), taken=[*reversed(taken)]) == chosen


def test_even_a_digest_that_is_taken_is_avoided() -> None:
    lone = Undescribed(FLOW, "twin", "1")
    taken = {"twin", "Order_intake.twin"}
    for _ in range(40):  # more than one digest has lengths
        slot_id = slot_ids([lone], taken=taken)["1"]
        assert slot_id not in taken
        assert re.fullmatch(SLOT_ID_PATTERN, slot_id)
        taken.add(slot_id)


def test_digests_that_begin_alike_are_longer() -> None:
    twins = [Undescribed(FLOW, "twin", str(number)) for number in range(800)]
    chosen = slot_ids(twins, taken=())
    assert len(set(chosen.values())) == len(twins)
    assert len({len(each) for each in chosen.values()}) > 1  # some do
    assert slot_ids(reversed(twins), taken=()) == chosen
