"""Which targets are in which step."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.fleet import CANARY_PARALLEL, Amount, FleetRollout, Step, Target
from reconciler.planning.rollout.stages import Stage, arranged, source_of, steps_of
from tests.planning.rollout.fleets import SALT, Case, cases, selector, target

HUNDRED = [target(f"t{number}", ring="canary" if number < 5 else "main") for number in range(100)]


def stages(
    *steps: Step, fleet: Sequence[Target] = HUNDRED, salt: str = SALT, **settings: Any
) -> tuple[Stage, ...]:
    return arranged(FleetRollout(steps=steps, **settings), fleet, salt=salt)


def percent(amount: float, **settings: Any) -> Step:
    return Step(targets=Amount(percent=amount), **settings)


def sizes(*steps: Step) -> list[int]:
    return [len(each.names) for each in stages(*steps)]


def test_shares_add_up() -> None:
    assert sizes(percent(1), percent(10), percent(100)) == [1, 9, 90]


def test_what_was_selected_before_counts_towards_a_share() -> None:
    canaries = Step(select=selector("ring=canary"))
    assert sizes(canaries, percent(10), percent(100)) == [5, 5, 90]
    assert sizes(canaries, percent(2), percent(100)) == [5, 0, 95]


def test_a_share_of_few_targets_is_at_least_one() -> None:
    assert sizes(percent(0.1), percent(100)) == [1, 99]


def test_what_no_step_reaches_is_in_none() -> None:
    assert sizes(percent(1), percent(10)) == [1, 9]


def test_a_count_is_a_number_of_targets() -> None:
    assert sizes(Step(targets=Amount(count=3)), Step(targets=Amount(count=3)), Step()) == [3, 0, 97]


def test_a_step_without_targets_keeps_its_number() -> None:
    found = stages(Step(select=selector("ring=none")), Step())
    assert [(each.number, len(each.names)) for each in found] == [(1, 0), (2, 100)]


def test_another_content_reaches_others_first() -> None:
    first = {stages(percent(10), salt=f"content {number}")[0].names for number in range(5)}
    assert len(first) == 5


def test_a_source_comes_before_what_is_promoted_from_it() -> None:
    fleet = [
        each
        for number in range(20)
        for each in (
            target(f"t{number}/production", promote_from="staging"),
            target(f"t{number}/staging", promote_from="dev"),
            target(f"t{number}/dev"),
        )
    ]
    names = [
        name
        for each in stages(percent(10), percent(50), Step(), fleet=fleet)
        for name in each.names
    ]
    assert len(names) == 60
    for number in range(20):
        places = [names.index(f"t{number}/{each}") for each in ("dev", "staging", "production")]
        assert places == sorted(places)


def test_within_a_step_all_sources_come_before_what_is_promoted() -> None:
    production = [target(f"t{number}/production", promote_from="staging") for number in range(9)]
    fleet = [*production, *(target(f"t{number}/staging") for number in range(9))]
    (found,) = stages(Step(), fleet=fleet)
    assert [name.endswith("/staging") for name in found.names] == [True] * 9 + [False] * 9


def test_the_first_of_several_steps_is_a_canary() -> None:
    found = stages(percent(50), percent(100), max_parallel=40)
    assert [each.max_parallel for each in found] == [CANARY_PARALLEL, 40]


def test_a_canary_is_the_first_step_that_has_targets() -> None:
    found = stages(Step(select=selector("ring=none")), percent(50), Step(), max_parallel=40)
    assert [each.max_parallel for each in found] == [40, CANARY_PARALLEL, 40]


def test_the_only_step_with_targets_is_no_canary() -> None:
    found = stages(Step(select=selector("ring=none")), Step(), max_parallel=40)
    assert [each.max_parallel for each in found] == [40, 40]


def test_a_step_may_say_how_many_are_in_hand_up_to_the_limit_of_all() -> None:
    found = stages(percent(50, max_parallel=20), percent(100, max_parallel=70), max_parallel=40)
    assert [each.max_parallel for each in found] == [20, 40]


def test_a_percentage_of_failures_is_of_the_step() -> None:
    ten = Amount(percent=10)
    found = stages(percent(50, max_failures=Amount(count=1)), percent(100), max_failures=ten)
    assert [each.max_failures for each in found] == [1, 5]


def test_hours_are_seconds() -> None:
    assert [each.bake_seconds for each in stages(percent(100, bake_hours=1.5))] == [5400]


@given(case=cases())
def test_no_target_is_in_two_steps_and_shares_are_kept(case: Case) -> None:
    names = [name for each in case.stages for name in each.names]
    known = {each.name: each for each in case.targets}
    assert len(names) == len(set(names))
    assert set(names) <= known.keys()
    assert steps_of(case.stages).keys() == set(names)
    reached = 0
    for step, stage in zip(case.settings.steps, case.stages, strict=True):
        assert all(step.select.selects(known[name]) for name in stage.names)
        most = max(0, step.targets.at_least(len(known)) - reached)
        assert len(stage.names) <= most
        reached += len(stage.names)
        left = known.keys() - {name for each in case.stages[: stage.number] for name in each.names}
        if len(stage.names) < most:
            assert not any(step.select.selects(known[name]) for name in left)


@given(case=cases(), seed=st.randoms())
def test_the_order_of_the_files_does_not_matter(case: Case, seed: Random) -> None:
    shuffled = list(case.targets)
    seed.shuffle(shuffled)
    assert arranged(case.settings, shuffled, salt=SALT) == case.stages


@given(case=cases())
def test_within_a_step_sources_come_first(case: Case) -> None:
    known = {each.name: each for each in case.targets}
    for stage in case.stages:
        for place, name in enumerate(stage.names):
            assert source_of(known[name]) not in stage.names[place:]
