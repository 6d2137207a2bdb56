"""What a rollout does next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.fleet import Amount, FleetRollout, LabelLimit, Step, Target
from reconciler.model.fleet_run import UNCOUNTED, FleetAction, Halt, TargetResult, TargetStatus
from reconciler.planning.rollout.decision import Begin, Done, Halted, Wait
from reconciler.planning.rollout.policy import Rollout
from reconciler.planning.rollout.stages import arranged
from tests.planning.rollout.driving import Drive
from tests.planning.rollout.fleets import (
    CHECKED_WELL,
    NOON,
    SALT,
    WELL,
    Case,
    cases,
    later,
    recorded,
    result,
    selector,
    target,
)

APPLY, CHECK = FleetAction.APPLY, FleetAction.CHECK
SEEDS = st.integers(0, 2**32)


def rollout(
    *fleet: Target,
    steps: tuple[Step, ...] = (Step(),),
    past: tuple[TargetResult, ...] = (),
    **settings: Any,
) -> Rollout:
    known = FleetRollout(steps=steps, **settings)
    stages = arranged(known, fleet, salt=SALT)
    return Rollout(known, targets=fleet, stages=stages, past=recorded(past))


def some(number: int) -> list[Target]:
    return [target(f"t{each}") for each in range(number)]


def begun(found: Rollout, *, hours: float = 0) -> set[str]:
    decision = found.next(later(hours))
    assert isinstance(decision, Begin)
    return set(decision.names)


CANARY = (Step(select=selector("ring=canary"), bake_hours=24), Step())
ACME, BETA = target("acme", ring="canary"), target("beta")


def baking() -> Rollout:
    """Two steps; the first has been changed and bakes until 24 h after noon."""
    found = rollout(ACME, BETA, steps=CANARY)
    assert found.next(NOON) == Begin(("acme/production",), APPLY)
    assert found.ended(result("acme/production"), at=NOON)
    return found


def test_no_targets_are_done_at_once() -> None:
    assert rollout().next(NOON) == Done()


def test_as_many_begin_as_may_be_in_hand() -> None:
    found = rollout(*some(5), max_parallel=2)
    first = begun(found)
    assert len(first) == 2
    assert found.in_hand == first
    assert found.next(NOON) == Wait()
    found.ended(result(first.pop()), at=NOON)
    assert len(begun(found)) == 1
    assert len(found.not_begun) == 2


def test_the_next_step_begins_when_one_without_a_bake_has_ended() -> None:
    found = rollout(ACME, BETA, steps=(Step(select=selector("ring=canary")), Step()))
    assert found.next(NOON) == Begin(("acme/production",), APPLY)
    assert found.next(NOON) == Wait()
    found.ended(result("acme/production"), at=NOON)
    assert found.next(NOON) == Begin(("beta/production",), APPLY)


def test_a_step_bakes_and_is_checked_before_the_next_begins() -> None:
    found = baking()
    assert found.next(later(23.9)) == Wait(later(24))
    assert [each.baked_until for each in found.steps] == [later(24), None]
    assert found.next(later(24)) == Begin(("acme/production",), CHECK)
    assert found.next(later(24)) == Wait()
    found.ended(result("acme/production", TargetStatus.IN_SYNC, action=CHECK), at=later(24))
    assert found.next(later(24)) == Begin(("beta/production",), APPLY)
    assert found.steps[0].is_done
    assert found.steps[0].baked_until is None


def test_a_step_that_does_not_stand_its_bake_halts() -> None:
    found = baking()
    found.next(later(24))
    found.ended(result("acme/production", TargetStatus.UNHEALTHY, action=CHECK), at=later(24))
    halt = Halt(step=1, reason="1 failed, 0 allowed", targets=("acme/production",))
    assert found.next(later(24)) == Halted(halt)
    assert found.not_begun == ("beta/production",)


def test_what_was_in_sync_for_long_neither_bakes_nor_is_checked() -> None:
    found = rollout(ACME, BETA, steps=CANARY)
    found.next(NOON)
    long_ago = NOON - timedelta(hours=24)
    found.ended(result("acme/production", TargetStatus.IN_SYNC, changed_at=long_ago), at=NOON)
    assert found.next(NOON) == Begin(("beta/production",), APPLY)


def test_what_a_run_changed_before_it_was_cut_off_bakes_from_then_on() -> None:
    found = rollout(ACME, BETA, steps=CANARY)
    found.next(NOON)
    lately = NOON - timedelta(hours=2)
    found.ended(result("acme/production", TargetStatus.IN_SYNC, changed_at=lately), at=NOON)
    assert found.next(NOON) == Wait(later(22))
    assert found.next(later(22)) == Begin(("acme/production",), CHECK)


def test_a_change_in_the_future_is_one_of_now_because_another_machine_has_recorded_it() -> None:
    ahead = result("acme/production", TargetStatus.IN_SYNC, changed_at=later(3))
    for steps, decision in ((CANARY, Wait(later(24))), ((Step(),), Done())):
        found = rollout(ACME, steps=steps)
        found.next(NOON)
        found.ended(ahead, at=NOON)
        assert found.next(NOON) == decision


def test_what_failed_and_was_tolerated_is_not_checked() -> None:
    steps = (Step(bake_hours=1, max_failures=Amount(count=1)),)
    found = rollout(*some(2), steps=steps)
    names = sorted(begun(found))
    found.ended(result(names[0], TargetStatus.FAILED), at=NOON)
    found.ended(result(names[1]), at=later(0.5))
    assert found.next(later(1)) == Wait(later(1.5))
    assert found.next(later(1.5)) == Begin((names[1],), CHECK)
    found.ended(result(names[1], TargetStatus.UNHEALTHY, action=CHECK), at=later(2))
    decision = found.next(later(2))
    assert isinstance(decision, Halted)
    assert decision.halt.reason == "2 failed, 1 allowed"
    assert decision.halt.targets == tuple(names)


def test_a_bake_that_never_ends_is_waited_for() -> None:
    found = rollout(ACME, steps=(Step(bake_hours=1e300),))
    found.next(NOON)
    found.ended(result("acme/production"), at=NOON)
    decision = found.next(NOON)
    assert isinstance(decision, Wait)
    assert decision.until is not None
    assert decision.until.year == 9999


def test_one_failure_too_many_halts_and_what_is_in_hand_goes_on() -> None:
    found = rollout(*some(9), max_parallel=3, max_failures=Amount(count=1))
    one, two, three = sorted(begun(found))
    found.ended(result(one, TargetStatus.REJECTED), at=NOON)
    (four,) = begun(found)
    found.ended(result(two, TargetStatus.FAILED), at=NOON)
    assert found.halted == Halt(step=1, reason="2 failed, 1 allowed", targets=(one, two))
    assert found.next(NOON) == Wait()
    found.ended(result(three), at=NOON)
    found.ended(result(four, TargetStatus.FAILED), at=NOON)
    assert found.next(NOON) == Halted(found.halted)
    assert (found.steps[0].ended, found.steps[0].failed) == (4, 3)
    assert len(found.not_begun) == 5


def test_the_last_failure_of_all_halts_as_well() -> None:
    found = rollout(ACME)
    found.next(NOON)
    found.ended(result("acme/production", TargetStatus.FAILED), at=NOON)
    assert isinstance(found.next(NOON), Halted)


def test_a_halt_begins_nothing_new() -> None:
    found = baking()
    found.halt("ada asked for it")
    found.halt("bob asked for it")
    assert found.next(later(24)) == Halted(Halt(step=1, reason="ada asked for it"))


def test_nothing_is_left_to_halt_once_all_is_done() -> None:
    found = rollout(ACME)
    found.next(NOON)
    found.ended(result("acme/production"), at=NOON)
    found.halt("ada asked for it")
    assert found.next(NOON) == Done()


def test_what_had_not_begun_is_given_back() -> None:
    found = rollout(*some(3), max_parallel=2)
    one, two = sorted(begun(found))
    found.withdrawn(one)
    assert found.in_hand == {two}
    assert one in found.not_begun
    assert begun(found) == {one}
    assert found.ended(result(one, TargetStatus.NOT_BEGUN), at=NOON)
    assert begun(found) == {one}


def test_a_result_that_arrives_twice_changes_nothing() -> None:
    found = rollout(*some(3), max_failures=Amount(count=1))
    one = begun(found).pop()
    failed = result(one, TargetStatus.FAILED)
    assert found.ended(failed, at=NOON)
    assert not found.ended(failed, at=NOON)
    assert not found.ended(result("nobody/production"), at=NOON)
    assert found.steps[0].failed == 1
    assert found.halted is None


def test_a_late_copy_of_an_apply_is_not_taken_for_a_check() -> None:
    found = baking()
    found.next(later(24))
    assert not found.ended(result("acme/production"), at=later(24))
    assert found.in_hand == {"acme/production"}


def test_two_targets_on_one_origin_take_turns() -> None:
    first = [target(f"a{each}", origin="https://a.test") for each in range(3)]
    found = rollout(*first, target("b", origin="https://b.test"), target("c"))
    names = begun(found)
    assert {"b/production", "c/production"} < names
    assert len(names) == 3
    (on_a,) = names - {"b/production", "c/production"}
    assert found.next(NOON) == Wait()
    found.ended(result(on_a), at=NOON)
    assert len(begun(found)) == 1


def test_a_label_limits_how_many_with_one_value_are_in_hand() -> None:
    many = [target(f"eu{each}", region="eu") for each in range(5)]
    per = LabelLimit(label="region", limit=2)
    found = rollout(*many, target("us", region="us"), target("none"), max_parallel_per=per)
    names = begun(found)
    assert {"us/production", "none/production"} < names
    assert len(names) == 4


def test_a_source_ends_before_what_is_promoted_from_it_begins() -> None:
    production = target("acme/production", promote_from="staging")
    found = rollout(production, target("acme/staging"), BETA)
    assert begun(found) == {"acme/staging", "beta/production"}
    found.ended(result("acme/staging"), at=NOON)
    assert begun(found) == {"acme/production"}


def test_environments_that_are_promoted_in_a_circle_begin_all_the_same() -> None:
    found = rollout(target("acme/a", promote_from="b"), target("acme/b", promote_from="a"))
    (first,) = begun(found)
    found.ended(result(first), at=NOON)
    assert len(begun(found)) == 1


def past(
    name: str,
    status: TargetStatus = TargetStatus.VERIFIED,
    *,
    hours: float = 0,
    action: FleetAction = APPLY,
) -> TargetResult:
    return result(f"{name}/production", status, action=action, ended_at=later(hours))


def test_a_rerun_begins_what_failed_and_not_what_ended_well() -> None:
    statuses = [
        TargetStatus.VERIFIED,
        TargetStatus.IN_SYNC,
        TargetStatus.FAILED,
        TargetStatus.WAITING,
        TargetStatus.INTERRUPTED,
    ]
    known = tuple(past(f"t{each}", status) for each, status in enumerate(statuses))
    found = rollout(*some(6), past=known)
    assert begun(found) == {f"t{each}/production" for each in (2, 3, 4, 5)}
    assert found.steps[0].failed == 0


def test_a_bake_goes_on_in_a_rerun() -> None:
    found = rollout(ACME, BETA, steps=CANARY, past=(past("acme"),))
    assert found.next(later(23)) == Wait(later(24))
    assert found.next(later(30)) == Begin(("acme/production",), CHECK)


def test_a_check_is_not_repeated_unless_it_failed() -> None:
    known: tuple[TargetResult, ...] = (
        past("acme"),
        past("acme", TargetStatus.UNHEALTHY, hours=24, action=CHECK),
    )
    found = rollout(ACME, BETA, steps=CANARY, past=known)
    assert found.next(later(25)) == Begin(("acme/production",), CHECK)
    known = (*known, past("acme", TargetStatus.IN_SYNC, hours=25, action=CHECK))
    found = rollout(ACME, BETA, steps=CANARY, past=known)
    assert found.next(later(26)) == Begin(("beta/production",), APPLY)


def test_a_check_counts_for_the_change_before_it_alone() -> None:
    known = (past("acme"), past("acme", TargetStatus.IN_SYNC, hours=24, action=CHECK))
    again = (*known, past("acme", TargetStatus.FAILED, hours=25), past("acme", hours=26))
    found = rollout(ACME, BETA, steps=CANARY, past=again)
    assert found.next(later(27)) == Wait(later(50))


def test_the_past_of_targets_that_are_not_selected_is_ignored() -> None:
    found = rollout(BETA, past=(past("acme", TargetStatus.FAILED), past("acme", action=CHECK)))
    assert begun(found) == {"beta/production"}


@given(case=cases(), seed=SEEDS)
def test_limits_and_the_order_of_steps_hold_and_it_ends(case: Case, seed: int) -> None:
    drive = Drive(case, seed=seed)
    decision = drive.run()
    assert len(drive.begun) == len(set(drive.begun))
    if isinstance(decision, Done):
        assert set(case.names) == drive.applied.keys()
        assert all(
            each.is_done and each.failed <= each.max_failures for each in drive.rollout.steps
        )
    else:
        assert isinstance(decision, Halted)
        report = drive.rollout.steps[decision.halt.step - 1]
        assert report.failed > report.max_failures
        assert len(decision.halt.targets) == report.max_failures + 1


@given(case=cases(), seed=SEEDS)
def test_failures_are_at_most_those_allowed_and_what_was_in_hand(case: Case, seed: int) -> None:
    drive = Drive(case, seed=seed)
    drive.run()
    for stage, report in zip(case.stages, drive.rollout.steps, strict=True):
        assert report.failed <= report.max_failures + stage.max_parallel
        failed = [each for each in drive.recorded if each.status not in UNCOUNTED]
        assert report.failed == sum(each.name in stage.names for each in failed)


@given(case=cases(WELL, CHECKED_WELL), seed=SEEDS)
def test_each_target_is_reached_if_nothing_fails(case: Case, seed: int) -> None:
    drive = Drive(case, seed=seed)
    assert drive.run() == Done()
    assert drive.applied.keys() == set(case.names)
    assert drive.rollout.not_begun == ()


@given(case=cases(WELL, CHECKED_WELL), seed=SEEDS, events=st.integers(0, 30))
def test_a_run_that_was_cut_off_goes_on_as_if_it_had_not_been(
    case: Case, seed: int, events: int
) -> None:
    cut = Drive(case, seed=seed)
    cut.run(events=events)
    again = Drive(case, seed=seed + 1, past=tuple(cut.recorded), now=cut.now)
    assert reports(again) == reports(cut)
    assert again.run() == Done()
    done = [(each.name, each.action) for each in cut.recorded]
    assert not set(done) & set(again.begun)
    assert again.applied.keys() == set(case.names)


@given(case=cases(), seed=SEEDS, events=st.integers(0, 30))
def test_a_rerun_leaves_alone_what_ended_well(case: Case, seed: int, events: int) -> None:
    cut = Drive(case, seed=seed)
    cut.run(events=events)
    again = Drive(case, seed=seed, past=tuple(cut.recorded), now=cut.now)
    again.run()
    kept = {TargetStatus.VERIFIED, TargetStatus.IN_SYNC}
    well = {(each.name, each.action) for each in cut.recorded if each.status in kept}
    assert not well & set(again.begun)


def reports(drive: Drive) -> list[tuple[int, int, bool]]:
    return [(each.ended, each.failed, each.is_done) for each in drive.rollout.steps]
