"""What is wrong with a fleet, of targets without files."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.model.declared_fleet import DeclaredFleet, DeclaredTarget
from reconciler.model.environment import Expectation
from reconciler.model.fleet import (
    Amount,
    FleetLimits,
    FleetRollout,
    LabelLimit,
    Requirement,
    Selector,
    Step,
    Target,
)
from reconciler.model.problem import Problem
from reconciler.model.project import Project
from reconciler.planning.fleet_checks import fleet_problems
from tests.planning.test_environments import environment, of, project
from tests.planning.test_fleet import locate, target

AT_ONCE = FleetRollout()


def problems(
    *targets: Target,
    projects: Mapping[str, Project] | None = None,
    most: int | None = None,
    rollout: FleetRollout = AT_ONCE,
    is_whole: bool = True,
) -> list[Problem]:
    declared = DeclaredFleet(
        targets=tuple(DeclaredTarget(target=each, locate=locate) for each in targets),
        limits=FleetLimits(max_targets=most),
        rollout=rollout,
        locate=locate,
        is_whole=is_whole,
    )
    return list(fleet_problems(declared, projects or {}))


def rules(*targets: Target, **settings: object) -> list[str]:
    return [each.rule for each in problems(*targets, **settings)]  # type: ignore[arg-type]


def at(bot_id: str, origin: str | None = None) -> Expectation:
    return Expectation(bot_id=bot_id, origin=origin)


def test_credentials_that_several_targets_share_must_be_told_apart_by_the_bot() -> None:
    assert rules(target("qa")) == []
    assert rules(target("qa"), target("live", credentials="d")) == []
    (problem,) = problems(target("qa"), target("live", expect=at("bot_1")))
    assert problem.rule == "shared-endpoint"
    assert problem.message == (
        "acme/qa, acme/live have the same credentials, c, but acme/qa does not say which bot it "
        "expects"
    )
    (problem,) = problems(target("qa"), target("live"))
    assert problem.message.endswith("but acme/qa, acme/live do not say which bot they expect")
    assert rules(target("qa", expect=at("bot_2")), target("live", expect=at("bot_1"))) == []


def test_a_name_is_declared_once() -> None:
    assert rules(target("qa"), target("qa")) == ["duplicate-target"]
    assert rules(target("qa"), target("qa", tenant="beta", credentials="d")) == []


def test_two_targets_must_not_expect_one_bot() -> None:
    one = target("qa", credentials="a", expect=at("bot_1", "https://one.example"))
    other = target("live", credentials="b", expect=at("bot_1", "https://one.example"))
    (problem,) = problems(one, other)
    assert problem.rule == "shared-endpoint"
    assert "acme/live expects bot_1 of https://one.example, as acme/qa does" in problem.message
    (once,) = problems(one, target("live", credentials="a", expect=one.expect))
    assert "of https://one.example" in once.message
    elsewhere = target("live", credentials="b", expect=at("bot_1", "https://two.example"))
    assert problems(one, elsewhere) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("stagging", "Did you mean staging?"),
        ("elsewhere", "These are declared: production, staging."),
    ],
)
def test_an_environment_must_be_declared_where_any_is(name: str, hint: str) -> None:
    base = project(environments=of(environment("production"), environment("staging")))
    (problem,) = problems(target(name), projects={"slots": base})
    assert (problem.rule, problem.hint) == ("unknown-environment", hint)
    assert problems(target("staging"), projects={"slots": base}) == []
    assert problems(target(name), projects={"slots": project(environments={})}) == []


def test_ids_are_those_of_slots_of_the_folder() -> None:
    base = project(environments={})
    with_ids = target("qa", ids={"slot_x": "x1"})
    assert rules(with_ids, projects={"slots": base}) == ["environment-id"]


@pytest.mark.parametrize(("most", "found"), [(None, []), (2, []), (1, ["too-many-targets"])])
def test_more_targets_than_a_run_may_have_are_a_warning(most: int | None, found: list[str]) -> None:
    two = target("qa", credentials="a"), target("live", credentials="b")
    assert rules(*two, most=most) == found
    assert rules(*two, most=most, is_whole=False) == []


def test_the_source_of_a_promotion_says_which_origin_it_expects() -> None:
    base = {"slots": project(environments={})}
    live = target("live", credentials="b", promote_from="qa")
    assert rules(target("qa"), live, projects=base) == ["promotion-origin"]
    known = target("qa", expect=Expectation(origin="https://qa.example"))
    assert rules(known, live, projects=base) == []
    assert rules(target("qa"), live, projects=base, is_whole=False) == []


CANARY = Selector(requirements=(Requirement(key="ring", value="canary"),))
TWO = (
    target("qa", credentials="a", labels={"ring": "canary"}),
    target("live", credentials="b", labels={"region": "eu"}),
)


def test_a_step_selects_some_target_and_the_steps_reach_all() -> None:
    assert rules(*TWO, rollout=FleetRollout(steps=(Step(select=CANARY), Step()))) == []
    nobody = Selector(requirements=(Requirement(key="ring", value="canari"),))
    (problem,) = problems(*TWO, rollout=FleetRollout(steps=(Step(select=nobody), Step())))
    assert (problem.rule, problem.source.file) == ("empty-step", "fleet.rollout.steps.0.select")
    assert problem.hint == "Did you mean ring=canary?"
    half = FleetRollout(steps=(Step(targets=Amount(percent=50)),))
    (problem,) = problems(*TWO, rollout=half)
    assert (problem.rule, problem.source.file) == ("incomplete-rollout", "fleet.rollout.steps.0")
    assert problem.message == "after the last step, 1 of 2 targets are changed"
    assert rules(*TWO, rollout=half, is_whole=False) == []


def test_targets_without_the_label_that_limits_them_are_counted_and_named() -> None:
    limited = FleetRollout(max_parallel_per=LabelLimit(label="region", limit=1))
    (problem,) = problems(*TWO, rollout=limited)
    assert problem.rule == "unlabelled-target"
    assert problem.message == (
        "1 of 2 targets have no label region, so they are not limited by it: acme/qa"
    )
    six = [target("qa", tenant=f"t{each}", credentials=f"c{each}") for each in range(6)]
    (problem,) = problems(*six, rollout=limited)
    assert problem.message.endswith("t0/qa, t1/qa, t2/qa, t3/qa, t4/qa and 1 more")
    assert rules(TWO[1], rollout=limited) == []
    assert rules(rollout=limited) == []
