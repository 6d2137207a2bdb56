"""Whether the tenant or the files have changed since our last change of a slot."""

from __future__ import annotations

from reconciler.model.change import Cause
from reconciler.planning.causes import causes
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
