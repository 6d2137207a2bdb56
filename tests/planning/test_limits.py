"""Plans that are too large are refused, with numbers."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.errors import LimitExceededError, NothingListedError
from reconciler.model.change import Action
from reconciler.model.commands import PROJECT, Commands
from reconciler.model.gate import Rejection
from reconciler.model.ledger import Applied, History, OpenChange
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.settings import Limits
from reconciler.model.slot import LiveSlot
from reconciler.model.state import DesiredState, LiveState
from reconciler.planning.limits import approve, exceeded, require_listed
from tests.support.build import absent, content, live, plan, slot


def deleting(count: int, *, of: int) -> Plan:
    ids = [f"slot_{number:02}" for number in range(of)]
    return plan(
        [*(absent(each) for each in ids[:count]), *(slot(each) for each in ids[count:])],
        [live(each) for each in ids],
    )


def test_as_many_changes_as_the_limit_are_approved_and_one_more_is_not() -> None:
    made = plan([slot("a"), slot("b")])
    assert approve(made, Limits(max_changes=2)).plan == made
    with pytest.raises(LimitExceededError) as caught:
        approve(made, Limits(max_changes=1))
    assert caught.value.exit_code == 4
    assert "2 changes are planned, over the limit of 1" in caught.value.hint
    assert "limits.max_changes" in caught.value.hint


def test_a_skipped_change_does_not_count_for_a_limit_until_it_is_tried_again() -> None:
    made = plan([slot("a"), slot("b")])
    skipping = made.rejecting([Rejection(run_id="r", slot_id="a", reason="fell")])
    assert exceeded(skipping, Limits(max_changes=1)) == ()
    assert exceeded(skipping.retrying(run_id="now"), Limits(max_changes=1)) != ()


def test_a_plan_without_changes_is_within_a_limit_of_zero() -> None:
    assert exceeded(plan([slot("a")], [live("a")]), Limits(max_changes=0)) == ()


def test_a_share_of_deletions_over_the_limit_is_refused_with_its_numbers() -> None:
    with pytest.raises(LimitExceededError) as caught:
        approve(deleting(4, of=11), Limits())
    assert "4 of 11 slots (36%) would be deleted, over the limit of 30%" in caught.value.hint


def test_a_share_at_the_limit_is_approved() -> None:
    assert exceeded(deleting(6, of=20), Limits()) == ()
    assert exceeded(deleting(7, of=20), Limits()) != ()


def test_a_fraction_of_ten_slots_or_fewer_is_not_limited() -> None:
    assert exceeded(deleting(10, of=10), Limits()) == ()
    assert exceeded(deleting(11, of=11), Limits()) != ()


def test_unmanaged_slots_that_nobody_owns_do_not_count() -> None:
    others = [live(f"theirs_{number}") for number in range(50)]
    ours = [live(f"our_{number:02}") for number in range(11)]
    made = plan(
        [slot(f"our_{number:02}") for number in range(7)],
        [*ours, *others],
        prune=True,
        owns=("our_*",),
    )
    assert made.summary.claimed == 11
    assert "4 of 11 slots" in exceeded(made, Limits())[0]


def test_every_exceeded_limit_is_reported() -> None:
    assert len(exceeded(deleting(11, of=11), Limits(max_changes=1))) == 2


LEFT = History(applied={"a": Applied(content=content("a"))})


def check_listing(
    live_slots: list[LiveSlot],
    *,
    history: History = LEFT,
    targets: tuple[str, ...] = (),
    commands: Commands = PROJECT,
) -> None:
    require_listed(
        Project(
            DesiredState([slot("a"), slot("b"), absent("c")]), api=COGNIGY_V1, commands=commands
        ),
        LiveState(live_slots),
        history=history,
        selection=Selection(targets=targets),
    )


def test_a_listing_without_any_slot_of_ours_is_refused_with_a_hint() -> None:
    for live_slots in ([], [live("c"), live("theirs")]):
        with pytest.raises(NothingListedError) as caught:
            check_listing(live_slots)
        assert caught.value.exit_code == 4
        assert "the ledger says that a was live" in caught.value.message
        assert caught.value.hint.endswith("reconciler apply --target a")


def test_in_a_fleet_which_has_no_such_apply_the_hint_says_whose_variables_it_needs() -> None:
    with pytest.raises(NothingListedError) as caught:
        check_listing([], commands=Commands(tenant="acme"))
    assert caught.value.hint.endswith("--target a, with the variables of this tenant")


def test_one_listed_slot_of_ours_shows_that_the_listing_works() -> None:
    check_listing([live("b")])


def test_a_targeted_slot_may_be_created_although_nothing_is_listed() -> None:
    check_listing([], targets=("a",))


def test_slots_that_we_never_left_live_may_be_created_although_nothing_is_listed() -> None:
    deleted = History(applied={"a": Applied()})
    unmanaged = History(applied={"c": Applied(content=content("c"))})
    begun = LEFT.model_copy(
        update={"open_changes": {"a": OpenChange(run_id="r", slot_id="a", action=Action.CREATE)}}
    )
    for history in (History(), deleted, unmanaged, begun):
        check_listing([], history=history)
