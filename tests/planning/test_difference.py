"""The sets of slots to create, update, delete and leave alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from reconciler.errors import PruneRefusedError
from reconciler.model.plan import Selection
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, LiveSlot, UnreadableSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.difference import Difference
from tests.support.build import absent, live, slot, unreadable


def difference(
    desired: Iterable[DesiredSlot] = (),
    held: Iterable[LiveSlot | UnreadableSlot] = (),
    *,
    targets: Iterable[str] = (),
    prune: bool = False,
    owns: Iterable[str] = (),
) -> Difference:
    found = tuple(held)
    return Difference(
        DesiredState(desired),
        LiveState(
            (each for each in found if isinstance(each, LiveSlot)),
            unreadable=(each for each in found if isinstance(each, UnreadableSlot)),
        ),
        settings=Settings(owns=tuple(owns)),
        selection=Selection(targets=tuple(targets), prune=prune),
    )


def test_the_file_and_the_tenant_decide_which_sets_a_slot_is_in() -> None:
    found = difference(
        [slot("same"), slot("new"), slot("other", name="B"), absent("old"), absent("gone")],
        [live("same"), live("other", name="A"), live("old"), live("theirs"), live("ours_1")],
        owns=["ours_*", "same", "new"],
    )
    assert found.present == {"same", "new", "other"}
    assert found.unchanged == {"same"}
    assert found.to_write == {"new", "other"}
    assert found.to_delete == {"old"}
    assert found.unmanaged == {"theirs", "ours_1"}
    assert found.owned == {"ours_1"}
    assert found.unreadable == set()


def test_the_order_and_repetition_of_dependencies_make_no_difference_to_the_sets() -> None:
    used = ("b", "c")
    for order in (("b", "c"), ("c", "b"), ("c", "b", "c")):
        assert difference([slot("a", *used)], [live("a", *order)]).unchanged == {"a"}
    assert difference([slot("a", *used)], [live("a", "b")]).unchanged == set()
    changed = difference([slot("a", patterns=("x", "y"))], [live("a", patterns=("y", "x"))])
    assert changed.unchanged == set()


def test_prune_adds_owned_unmanaged_slots_to_the_deletions() -> None:
    desired, held = [slot("a")], [live("a"), live("ours_1"), live("theirs")]
    found = difference(desired, held, prune=True, owns=["ours_*"])
    assert found.to_delete == {"ours_1"}
    assert found.unmanaged == {"theirs"}
    kept = difference(desired, held, owns=["ours_*"])
    assert kept.to_delete == set()
    assert kept.unmanaged == {"ours_1", "theirs"}


def test_prune_never_deletes_unreadable_slots() -> None:
    found = difference([slot("a")], [unreadable("odd")], prune=True, owns=["*"])
    assert found.to_delete == set()
    assert found.unmanaged == {"odd"}


def test_prune_is_refused_if_nothing_is_owned_or_no_slot_is_declared() -> None:
    with pytest.raises(PruneRefusedError, match="does not say what this project owns") as raised:
        difference([slot("a")], [live("b")], prune=True)
    assert "globs over slot_id" in str(raised.value.hint)
    for desired in ([], [absent("a")]):
        with pytest.raises(PruneRefusedError, match=r"every slot that `owns` claims \(2\)"):
            difference(desired, [live("b"), live("c")], prune=True, owns=["*"])


def test_targets_narrow_writes_to_themselves_and_what_they_depend_on() -> None:
    desired = [slot("a", "b"), slot("b", "c"), slot("c"), slot("d"), slot("e", "a")]
    assert difference(desired, targets=["a"]).to_write == {"a", "b", "c"}
    assert difference(desired, targets=["d", "unknown"]).to_write == {"d"}
    assert difference(desired, [live("b", "c")], targets=["a"]).to_write == {"a", "c"}


def test_targets_narrow_deletions_to_themselves_and_what_depends_on_them() -> None:
    desired = [absent("a"), absent("b"), absent("c"), absent("d")]
    held = [live("a"), live("b", "a"), live("c", "b"), live("d")]
    assert difference(desired, held, targets=["b"]).to_delete == {"b", "c"}
    assert difference(desired, held, targets=["c"]).to_delete == {"c"}
    found = difference(desired, held, targets=["d"])
    assert found.to_delete == {"d"}
    assert found.unmanaged == set()  # their files still declare them absent


def test_an_unreadable_slot_prevents_only_a_plan_that_selects_it() -> None:
    desired, held = [slot("odd"), slot("new")], [unreadable("odd"), unreadable("theirs")]
    assert difference(desired, held).unreadable == {"odd"}
    assert difference(desired, held, targets=["new"]).unreadable == set()
    assert difference(desired, held, targets=["odd"]).unreadable == {"odd"}


def test_edges_are_those_after_the_plan_of_all_slots_reachable_from_the_files() -> None:
    found = difference(
        [slot("a", "b"), slot("b", "theirs")],
        [live("a", "c"), live("theirs", "more"), live("more"), live("c", "c2"), live("c2")],
    )
    assert {each: tuple(used) for each, used in found.edges.items()} == {
        "a": ("b",),
        "b": ("theirs",),
        "theirs": ("more",),
        "more": (),
    }


def test_a_deleted_slot_has_no_edges_and_a_slot_left_alone_keeps_its_own() -> None:
    desired, held = [slot("a", "old"), absent("old")], [live("old", "a")]
    assert difference(desired, held).edges.keys() == {"a"}
    kept = difference(desired, held, targets=["a"])
    assert {each: tuple(used) for each, used in kept.edges.items()} == {
        "a": ("old",),
        "old": ("a",),
    }


def test_dependents_are_those_among_the_deletions() -> None:
    found = difference([absent("a"), absent("b")], [live("a"), live("b", "a"), live("c", "a")])
    assert found.dependents() == {"a": {"b"}, "b": set()}


def test_until_it_is_written_a_slot_uses_its_old_and_its_new_dependencies() -> None:
    desired = [slot("a", "new"), slot("b", "new")]
    held = [live("a", "old"), live("b", "old"), live("theirs", "old"), live("gone", "old")]
    found = difference([*desired, absent("gone")], held, targets=["a"])
    assert set(found.used_afterwards("a")) == {"new"}
    assert set(found.used_afterwards("b")) == {"new", "old"}
    assert set(found.used_afterwards("theirs")) == {"old"}
    assert set(found.used_afterwards("gone")) == {"old"}
    assert set(difference([slot("c", "new")], targets=["x"]).used_afterwards("c")) == {"new"}
