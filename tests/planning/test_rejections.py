"""Changes and live slots that were rejected according to the ledger."""

from __future__ import annotations

from typing import Any

from reconciler.model.gate import Rejection
from reconciler.model.ledger import History, change_identity
from reconciler.model.plan import Plan
from reconciler.model.slot import DesiredSlot, LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.rejections import rejected_changes, with_rejections
from tests.support.build import ENDPOINT, absent, content, live, plan, slot

BAD = ("^bad$",)


def rejecting(**fields: Any) -> History:
    """A history in which the gate has rejected this content of a."""
    identity = change_identity(ENDPOINT, slot_id="a", after=content("a", **fields))
    rejection = Rejection(run_id="r1", slot_id="a", reason="fell", success_rate=0.5, baseline=0.9)
    return History(rejected={identity: rejection})


def made(desired: list[DesiredSlot], live_slots: list[LiveSlot], history: History) -> Plan:
    return with_rejections(
        plan(desired, live_slots),
        desired=DesiredState(desired),
        live=LiveState(live_slots),
        history=history,
    )


def test_the_changes_of_a_plan_that_were_rejected_are_found_by_their_content() -> None:
    history = rejecting(patterns=BAD)
    desired = [slot("a", patterns=BAD), slot("b"), absent("c")]
    assert rejected_changes(plan(desired, [live("a"), live("c")]), history).keys() == {"a"}
    assert rejected_changes(plan([slot("a")]), history) == {}
    elsewhere = ENDPOINT.model_copy(update={"bot_id": "bot_2"})
    assert rejected_changes(plan(desired, [live("c")], endpoint=elsewhere), history) == {}


def test_a_rejected_change_is_skipped_with_what_depends_on_it_and_counted_apart() -> None:
    desired = [slot("a", patterns=BAD), slot("b", "a"), slot("c")]
    found = made(desired, [live("a")], rejecting(patterns=BAD))
    assert [each.slot_id for each in found.skipped] == ["a", "b"]
    assert [each.slot_id for each in found.due] == ["c"]
    summary = found.summary
    assert (summary.create, summary.update, summary.skipped) == (1, 0, 2)
    assert found.digest == plan(desired, [live("a")]).digest
    again = found.retrying(run_id="now")
    assert (again.skipped, again.summary.create, again.summary.update) == ((), 2, 1)


def test_a_slot_that_is_live_although_rejected_is_found_with_run_rates_and_reason() -> None:
    rejected = rejecting(patterns=BAD)
    for history in (rejected, History(stuck=rejected.rejected)):
        found = made([slot("a", patterns=BAD)], [live("a", patterns=BAD)], history)
        (rejection,) = found.rejected_live
        assert (rejection.slot_id, rejection.run_id, rejection.reason) == ("a", "r1", "fell")
        assert (rejection.success_rate, rejection.baseline, rejection.live) == (0.5, 0.9, True)
        assert (found.rejected_changes, found.changes) == ({}, ())
        assert found.retrying(run_id="now").rejected == found.rejected


def test_a_slot_that_someone_changed_or_deleted_since_is_no_longer_live_as_rejected() -> None:
    history = rejecting(patterns=BAD)
    for live_slots in ([live("a", patterns=("^other$",))], []):
        assert made([slot("a")], live_slots, history).rejected == ()


def test_another_teams_slot_is_never_rejected() -> None:
    assert made([slot("b")], [live("a", patterns=BAD)], rejecting(patterns=BAD)).rejected == ()


def test_live_and_planned_content_of_a_slot_may_both_be_rejected() -> None:
    live_one, next_one = rejecting(patterns=BAD), rejecting(patterns=("^worse$",))
    history = History(rejected={**live_one.rejected, **next_one.rejected})
    found = made([slot("a", patterns=("^worse$",))], [live("a", patterns=BAD)], history)
    assert [each.live for each in found.rejected] == [False, True]
    assert [each.slot_id for each in found.skipped] == ["a"]


def test_a_change_that_depends_on_a_rejected_live_slot_is_skipped_with_what_depends_on_it() -> None:
    history = rejecting(patterns=BAD)
    rejected, kept = live("a", patterns=BAD), live("b", "a")
    desired = [
        slot("a", patterns=BAD), slot("b", "a"), slot("c", "b"), slot("d", "c"), slot("e"),
        absent("gone"),
    ]  # fmt: skip
    found = made(desired, [rejected, kept, live("gone", "a")], history)
    (rejection,) = found.rejected
    assert (rejection.slot_id, rejection.blocks) == ("a", ("c",))
    assert [each.slot_id for each in found.skipped] == ["c", "d"]
    assert [each.slot_id for each in found.due] == ["e", "gone"]
    assert found.summary.skipped == 2
    assert found.retrying(run_id="now").skipped == ()


def test_a_change_that_goes_through_an_unmanaged_slot_to_a_rejected_one_is_skipped() -> None:
    desired = [slot("a", patterns=BAD), slot("c", "theirs")]
    live_slots = [live("a", patterns=BAD), live("theirs", "a")]
    found = made(desired, live_slots, rejecting(patterns=BAD))
    assert [each.slot_id for each in found.skipped] == ["c"]


def test_a_rejected_live_slot_that_the_plan_replaces_blocks_nothing() -> None:
    desired = [slot("a", patterns=("^better$",)), slot("b", "a")]
    found = made(desired, [live("a", patterns=BAD)], rejecting(patterns=BAD))
    assert [each.slot_id for each in found.rejected_live] == ["a"]
    assert found.skipped == ()
