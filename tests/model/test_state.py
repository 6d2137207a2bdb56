"""States: immutable maps that know the place of everything in the files."""

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


def test_a_repeated_id_is_refused() -> None:
    with pytest.raises(ValueError, match="'a' occurs twice"):
        DesiredState([slot("a"), slot("a")])


def test_the_digest_depends_on_the_content_and_not_on_the_order() -> None:
    one, other = DesiredState([slot("a"), slot("b")]), DesiredState([slot("b"), slot("a")])
    assert one.digest == other.digest
    assert one.digest.startswith("sha256:")
    assert DesiredState([slot("a")]).digest != one.digest


def test_a_position_comes_from_the_locator_of_its_slot() -> None:
    state = DesiredState(
        [slot("a"), slot("b")],
        locators={"a": lambda path: Source(file=f"a.yaml{path}", line=2, column=3)},
    )
    assert str(state.where("a", "patterns", 1)) == "a.yaml('patterns', 1):2:3"
    assert not state.where("b").is_known
