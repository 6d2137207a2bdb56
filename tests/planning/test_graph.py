"""Order, waves and cycles of a graph."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.graph import (
    find_cycle,
    nearest,
    reachable,
    reversed_graph,
    waves,
    without_cycles,
)

IDS = st.sampled_from("abcdef")
GRAPHS = st.dictionaries(IDS, st.frozensets(IDS))

DIAMOND = {"top": ["left", "right"], "left": ["base"], "right": ["base"], "base": []}


def test_a_graph_without_a_cycle_has_none() -> None:
    assert find_cycle(DIAMOND) is None


def test_a_cycle_is_a_path_along_the_dependencies() -> None:
    assert find_cycle({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"]}) in (
        ["a", "b", "c", "a"],
        ["b", "c", "a", "b"],
        ["c", "a", "b", "c"],
    )


def test_a_slot_that_depends_on_itself_is_a_cycle_of_one() -> None:
    assert find_cycle({"a": ["a"]}) == ["a", "a"]


def test_ids_outside_the_graph_are_left_out() -> None:
    assert waves({"a": ["elsewhere"]}) == {"a": 0}
    assert find_cycle({"a": ["elsewhere"]}) is None


def test_a_wave_comes_after_all_that_it_depends_on() -> None:
    assert waves(DIAMOND) == {"base": 0, "left": 1, "right": 1, "top": 2}


def test_the_order_is_by_wave_and_then_by_id() -> None:
    assert list(waves({"z": [], "a": ["z"], "m": []})) == ["m", "z", "a"]


def test_waves_of_a_cycle_are_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        waves({"a": ["b"], "b": ["a"]})


def test_a_reversed_graph_leads_to_the_dependents() -> None:
    assert reversed_graph(DIAMOND) == {
        "base": {"left", "right"},
        "left": {"top"},
        "right": {"top"},
        "top": set(),
    }


def test_the_start_and_all_its_dependencies_are_reachable() -> None:
    assert reachable(DIAMOND, ["left", "elsewhere"]) == {"left", "base"}


def test_the_nearest_are_found_through_slots_that_do_not_count() -> None:
    chain = {"a": ["b"], "b": ["c"], "c": ["d"], "d": []}
    assert nearest(chain, "a", among={"c", "d"}) == {"c"}
    assert nearest(chain, "d", among={"c"}) == set()


def test_the_nearest_are_all_found_if_a_slot_is_reached_twice() -> None:
    both_ways = {"a": ["d", "c", "b"], "b": ["c"], "c": [], "d": []}
    assert nearest(both_ways, "a", among={"d"}) == {"d"}


@given(GRAPHS)
def test_every_cycle_found_is_one_and_without_one_waves_rise(graph: dict[str, set[str]]) -> None:
    cycle = find_cycle(graph)
    if cycle is None:
        levels = waves(graph)
        assert levels.keys() == graph.keys()
        for slot_id, dependencies in graph.items():
            assert all(levels[each] < levels[slot_id] for each in dependencies if each in graph)
    else:
        assert cycle[0] == cycle[-1]
        assert all(after in graph[before] for before, after in pairwise(cycle))


@given(GRAPHS, IDS)
def test_what_is_reachable_is_closed_under_dependencies(
    graph: dict[str, set[str]], start: str
) -> None:
    found = reachable(graph, [start])
    assert (start in found) == (start in graph)
    assert all(each in found for slot_id in found for each in graph[slot_id] if each in graph)


def test_wishes_are_granted_unless_they_close_a_cycle() -> None:
    chain = {"a": [], "b": ["a"], "c": ["b"]}
    wishes = {"a": {"c"}, "c": {"a"}}
    assert without_cycles(chain, wishes=wishes) == {"a": set(), "b": set(), "c": {"a"}}
    ring = {"a": {"b"}, "b": {"c"}, "c": {"a"}}
    granted = {"a": set(), "b": {"c"}, "c": {"a"}}
    assert without_cycles(dict.fromkeys("abc", ()), wishes=ring) == granted


@given(GRAPHS, GRAPHS)
def test_a_wish_that_is_not_granted_would_close_a_cycle(
    firm: dict[str, frozenset[str]], wishes: dict[str, frozenset[str]]
) -> None:
    if find_cycle(firm) is not None:
        return
    granted = without_cycles(firm, wishes=wishes)
    together = {each: {*firm[each], *granted[each]} for each in firm}
    assert find_cycle(together) is None
    for after in firm.keys() & wishes.keys():
        for before in (wishes[after] & firm.keys()) - granted[after]:
            assert find_cycle({**together, after: {*together[after], before}}) is not None
