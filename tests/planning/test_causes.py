"""Whether the tenant or the files have changed since our last change of a slot."""

from __future__ import annotations

from reconciler.model.change import Cause
from reconciler.planning.causes import causes
from tests.support.build import absent, live, plan, slot

OURS = live("a").canonical
EDITED = live("a", patterns=("^edited$",))


def test_an_edit_in_the_tenant_is_distinguished_from_one_in_the_files() -> None:
    wanted = [slot("a", patterns=("^new$",))]
    assert causes(plan(wanted, [live("a")]), left={"a": [OURS]}) == {"a": Cause.NOT_APPLIED}
    edited = causes(plan(wanted, [EDITED]), left={"a": [OURS]})
    assert edited == {"a": Cause.CHANGED_IN_TENANT}


def test_a_slot_that_we_left_and_that_is_gone_was_changed_in_the_tenant() -> None:
    assert causes(plan([slot("a")]), left={"a": [OURS]}) == {"a": Cause.CHANGED_IN_TENANT}
    assert causes(plan([slot("a")]), left={"a": [None]}) == {"a": Cause.NOT_APPLIED}


def test_a_slot_that_we_deleted_and_that_is_there_again_was_changed_in_the_tenant() -> None:
    made = plan([absent("a")], [live("a")])
    assert causes(made, left={"a": [None]}) == {"a": Cause.CHANGED_IN_TENANT}
    assert causes(made, left={"a": [OURS]}) == {"a": Cause.NOT_APPLIED}


def test_of_a_slot_in_two_possible_forms_either_is_as_we_left_it() -> None:
    both = {"a": [OURS, EDITED.canonical]}
    wanted = [slot("a", patterns=("^new$",))]
    for found in (live("a"), EDITED):
        assert causes(plan(wanted, [found]), left=both) == {"a": Cause.NOT_APPLIED}


def test_nothing_is_said_of_a_slot_that_the_ledger_does_not_know() -> None:
    assert causes(plan([slot("a")]), left={"b": [OURS]}) == {}
