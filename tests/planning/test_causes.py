"""Whether the tenant or the files have changed since our last change of a slot."""

from __future__ import annotations

from reconciler.model.change import Cause
from reconciler.model.gate import Rejection
from reconciler.model.state import DesiredState
from reconciler.planning.causes import Left, asked_anew, causes
from tests.support.build import absent, live, plan, slot

OURS = live("a").canonical
EDITED = live("a", patterns=("^edited$",))


def test_an_edit_in_the_tenant_is_distinguished_from_one_in_the_files() -> None:
    desired = [slot("a", patterns=("^new$",))]
    assert causes(plan(desired, [live("a")]), left={"a": [OURS]}) == {"a": Cause.NOT_APPLIED}
    edited = causes(plan(desired, [EDITED]), left={"a": [OURS]})
    assert edited == {"a": Cause.CHANGED_IN_TENANT}


def test_a_slot_that_we_left_and_that_is_gone_was_changed_in_the_tenant() -> None:
    assert causes(plan([slot("a")]), left={"a": [OURS]}) == {"a": Cause.CHANGED_IN_TENANT}
    assert causes(plan([slot("a")]), left={"a": [None]}) == {"a": Cause.NOT_APPLIED}


def test_a_slot_that_we_deleted_and_that_is_there_again_was_changed_in_the_tenant() -> None:
    made = plan([absent("a")], [live("a")])
    assert causes(made, left={"a": [None]}) == {"a": Cause.CHANGED_IN_TENANT}
    assert causes(made, left={"a": [OURS]}) == {"a": Cause.NOT_APPLIED}


def test_a_slot_that_we_left_in_one_of_two_forms_may_have_either() -> None:
    both = {"a": [OURS, EDITED.canonical]}
    desired = [slot("a", patterns=("^new$",))]
    for found in (live("a"), EDITED):
        assert causes(plan(desired, [found]), left=both) == {"a": Cause.NOT_APPLIED}


def test_a_slot_that_the_ledger_does_not_know_has_no_cause() -> None:
    assert causes(plan([slot("a")]), left={"b": [OURS]}) == {}


NEW = ("^new$",)


def test_a_file_that_differs_from_what_we_left_asks_for_something_new() -> None:
    desired = DesiredState([slot("a", patterns=NEW)])
    for found in (live("a"), EDITED):
        made = plan(desired.values(), [found])
        assert asked_anew(made, desired=desired, left={"a": [OURS]}, in_sync=desired) == {"a"}


def test_the_undoing_of_an_edit_is_nothing_new() -> None:
    desired = DesiredState([slot("a"), absent("b")])
    left: Left = {"a": [EDITED.canonical, OURS], "b": [None]}
    made = plan(desired.values(), [EDITED, live("b")])
    assert made.slot_ids == {"a", "b"}
    assert asked_anew(made, desired=desired, left=left, in_sync=None) == set()
    gone = plan([slot("a")])
    assert asked_anew(gone, desired=desired, left={"a": [OURS]}, in_sync=None) == set()


def test_a_slot_that_we_deleted_is_asked_for_anew_and_one_to_be_deleted_too() -> None:
    desired = DesiredState([slot("a"), absent("b")])
    made = plan(desired.values(), [live("b")])
    left: Left = {"a": [None], "b": [live("b").canonical]}
    assert asked_anew(made, desired=desired, left=left, in_sync=None) == {"a", "b"}


def test_a_slot_that_the_ledger_does_not_know_is_compared_with_the_files_that_were_in_sync() -> (
    None
):
    before = DesiredState([slot("a"), slot("b")])
    desired = DesiredState([slot("a"), slot("b", patterns=NEW), slot("c")])
    made = plan(desired.values(), [EDITED, live("b")])
    assert asked_anew(made, desired=desired, left={}, in_sync=before) == {"b", "c"}
    assert asked_anew(made, desired=desired, left={}, in_sync=None) == {"a", "b", "c"}


def test_what_a_file_does_not_manage_is_not_compared() -> None:
    (change,) = plan([slot("a")], [EDITED]).changes
    left = live("a", fill_strategy="fuzzy").canonical
    for managed, is_new in ((("patterns",), False), (("patterns", "fill_strategy"), True)):
        made = plan([slot("a")], [EDITED]).model_copy(
            update={"changes": (change.model_copy(update={"managed": managed}),)}
        )
        found = asked_anew(made, desired=DesiredState(), left={"a": [left]}, in_sync=None)
        assert bool(found) is is_new


def test_only_what_an_apply_would_do_counts() -> None:
    made = plan([slot("a", patterns=NEW)], [live("a")])
    rejection = Rejection(slot_id="a", run_id="r", reason="x")
    rejected = made.rejecting([rejection])
    assert asked_anew(rejected, desired=DesiredState(), left={}, in_sync=None) == set()
