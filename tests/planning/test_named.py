"""A slot may be named by its id or its name."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import PlanningError
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.named import Named
from tests.support.build import live, plan, slot

ORDER, CITY = slot("slot_1", name="order_number"), slot("slot_2", name="city")
NAMED = Named.in_states(DesiredState([ORDER, CITY]), LiveState([live("slot_3", name="city")]))


def test_a_name_means_the_slot_that_has_it_and_an_id_counts_before_a_name() -> None:
    assert NAMED.slot_id("order_number") == "slot_1"
    assert NAMED.slot_id("slot_2") == "slot_2"
    confusing = Named([("a", "b"), ("b", "c")])
    assert confusing.slot_id("b") == "b"


def test_a_name_is_the_same_however_its_accents_are_encoded() -> None:
    assert Named([("a", "Caf\u00e9")]).slot_id("Cafe\u0301") == "a"


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ("city", "2 slots have this name: slot_2, slot_3. Name one by its id."),
        ("order_nubmer", "Did you mean order_number (slot_1)?"),
        ("slot-3", "Did you mean slot_3?"),
        ("entirely different", ""),
    ],
)
def test_what_means_no_slot_or_several_gets_advice(given: str, advice: str) -> None:
    assert NAMED.slot_id(given) == given
    assert NAMED.advice(given) == advice


def test_a_plan_takes_names_as_targets_and_holds_ids() -> None:
    made = plan([ORDER, CITY], targets=("order_number",))
    assert made.selection.targets == ("slot_1",)
    assert made.slot_ids == {"slot_1"}


def test_an_unknown_target_is_not_said_to_be_in_any_file() -> None:
    made: dict[str, Any] = {"targets": ("order_nubmer",)}
    with pytest.raises(PlanningError) as failed:
        plan([ORDER, CITY], **made)
    (problem,) = failed.value.problems
    assert (problem.place, problem.hint) == ("", "Did you mean order_number (slot_1)?")
