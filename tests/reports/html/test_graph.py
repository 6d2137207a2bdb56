"""The drawing of the graph: every slot and every dependency, in layers, without an overlap."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.state import DesiredState
from reconciler.reports.graph import Mark, Node, nodes_of
from reconciler.reports.html.graph import MOST_DRAWN, Drawing, drawn
from tests.reports.html.pages import many
from tests.support.build import plan, slot


def node(slot_id: str, *uses: str, mark: Mark = Mark.UPDATE) -> Node:
    return Node(key=slot_id, slot_id=slot_id, name=slot_id, mark=mark, uses=uses)


def drawing(*nodes: Node) -> Drawing:
    made = drawn(nodes, anchors={each.slot_id: f"at-{each.slot_id}" for each in nodes})
    assert made is not None
    return made


def places(made: Drawing) -> dict[str, tuple[int, int]]:
    return {box.called: (box.x, box.y) for box in made.boxes}


def test_what_a_slot_depends_on_stands_to_its_left() -> None:
    at = places(drawing(node("c", "b"), node("b", "a"), node("a"), node("d", "a")))
    assert at["a"][0] < at["b"][0] < at["c"][0]
    assert at["b"][0] == at["d"][0]


def test_each_dependency_is_an_arrow_from_box_to_box() -> None:
    made = drawing(node("b", "a"), node("a"))
    (arrow,) = made.arrows
    at, middle = places(made), made.box_height // 2
    assert arrow.path.startswith(f"M{at['b'][0]} {at['b'][1] + middle} C")
    assert arrow.path.endswith(f" {at['a'][0] + made.box_width} {at['a'][1] + middle}")


def test_an_arrow_that_passes_a_layer_goes_around_its_boxes() -> None:
    made = drawing(node("c", "a", "b"), node("b", "a"), node("a"))
    (past,) = [arrow for arrow in made.arrows if "H" in arrow.path]
    passing = int(past.path.partition(" H")[0].rpartition(" ")[2])
    box = places(made)["b"]
    assert not box[1] <= passing <= box[1] + made.box_height
    assert passing < made.height


def test_slots_without_an_arrow_stand_below() -> None:
    at = places(drawing(node("b", "a"), node("a"), node("z")))
    assert at["z"][1] > max(at["a"][1], at["b"][1])


def test_a_cycle_among_live_slots_is_drawn_too() -> None:
    assert len(drawing(node("a", "b"), node("b", "a")).arrows) == 2


def test_without_a_slot_there_is_no_drawing() -> None:
    assert drawn([], anchors={}) is None


def test_of_many_slots_only_the_changed_ones_and_their_neighbours_are_drawn() -> None:
    desired, names = many(MOST_DRAWN + 40)
    nodes = nodes_of(desired, ())
    made = drawn(nodes, anchors={names[0]: "change-1"})
    assert made is not None
    assert 1 < len(made.boxes) < len(nodes)
    assert made.left_out == len(nodes) - len(made.boxes)
    assert {box.anchor for box in made.boxes} == {"", "change-1"}


def test_a_long_name_is_shortened_and_stays_whole_in_the_title() -> None:
    name = "漢字" * 40
    state = DesiredState([slot("slot_a", name=name)])
    made = drawn(nodes_of(state, plan(state).changes), anchors={})
    assert made is not None
    (box,) = made.boxes
    assert box.label == "漢字漢字漢字漢字…"
    assert name in box.title


edges = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 14)), max_size=40)


@given(edges, st.sampled_from([15, 45]))
def test_no_two_boxes_overlap_and_all_are_inside(pairs: list[tuple[int, int]], count: int) -> None:
    uses = {n: {f"s{used}" for user, used in pairs if user == n != used} for n in range(count)}
    made = drawing(*(node(f"s{n}", *sorted(used)) for n, used in uses.items()))
    assert len(made.boxes) == count
    assert len(made.arrows) == sum(map(len, uses.values()))
    for one, other in combinations(made.boxes, 2):
        assert abs(one.x - other.x) >= made.box_width or abs(one.y - other.y) >= made.box_height, (
            one,
            other,
        )
    for box in made.boxes:
        assert 0 <= box.x <= made.width - made.box_width
        assert 0 <= box.y <= made.height - made.box_height


@pytest.mark.parametrize("mark", list(Mark))
def test_every_mark_has_a_badge(mark: Mark) -> None:
    (box,) = drawing(node("a", mark=mark)).boxes
    assert box.badge.word
