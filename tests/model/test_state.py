"""States: maps that never change, and where their words stand."""

from __future__ import annotations

import pytest

from reconciler.model.problem import Source
from reconciler.model.state import DesiredState, LiveState
from tests.support.build import live, slot


def test_a_state_is_a_map_in_the_order_given() -> None:
    state = LiveState([live("b"), live("a")])
    assert list(state) == ["b", "a"]
    assert len(state) == 2
    assert state["a"].slot_id == "a"
    assert "c" not in state


def test_an_id_that_comes_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="'a' comes twice"):
        DesiredState([slot("a"), slot("a")])


def test_the_digest_does_not_depend_on_the_order_and_does_on_the_content() -> None:
    one, other = DesiredState([slot("a"), slot("b")]), DesiredState([slot("b"), slot("a")])
    assert one.digest == other.digest
    assert one.digest.startswith("sha256:")
    assert DesiredState([slot("a")]).digest != one.digest


def test_a_place_comes_from_the_locator_of_its_slot() -> None:
    state = DesiredState(
        [slot("a"), slot("b")],
        locators={"a": lambda path: Source(file=f"a.yaml{path}", line=2, column=3)},
    )
    assert str(state.where("a", "patterns", 1)) == "a.yaml('patterns', 1):2:3"
    assert state.where("b").file == "<unknown>"
