"""A project in a target of a fleet."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from reconciler.errors import ConfigurationError
from reconciler.model.environment import ANYWHERE, Expectation
from reconciler.model.fleet import Fleet, Target
from reconciler.model.problem import Source
from reconciler.model.project import Project
from reconciler.model.settings import Settings
from reconciler.model.state import DesiredState, Path
from reconciler.planning.fleet import completed, project_in
from tests.planning.test_environments import environment, of, project
from tests.support.build import slot


def locate(path: Path) -> Source:
    return Source(file=".".join(("fleet", *map(str, path))))


def target(name: str, *, tenant: str = "acme", **fields: object) -> Target:
    given = {"slots": "slots", "credentials": "c", **fields}
    return Target(tenant=tenant, environment=name, **given)  # type: ignore[arg-type]


def inside(base: Project, *targets: Target) -> Project:
    """The project in the first of these targets of a fleet."""
    locators = {each.name: locate for each in targets}
    return project_in(base, targets[0], Fleet(targets=targets), locators=locators)


STAGING = environment(
    "staging",
    settings=Settings(owns=("*",)),
    overridden=DesiredState([slot("slot_a", patterns=("^T$",))]),
    ids={"slot_a": "x1", "slot_b": "x2"},
    expect=Expectation(bot_id="bot_s"),
)
PRODUCTION = environment("production", promote_from="staging", soak_hours=24)


def test_without_environments_a_target_has_what_the_project_says_for_all() -> None:
    base = replace(project(slot("slot_a"), environments={}), settings=Settings(owns=("a*",)))
    there = inside(base, target("qa", expect=Expectation(bot_id="b")))
    assert there.environment is not None
    assert (there.environment.name, there.environment.expect.bot_id) == ("qa", "b")
    assert (there.environment.promote_from, there.environment.soak_hours) == (None, 0)
    assert there.settings == there.environment.settings == base.settings
    assert there.desired == there.shared == base.desired


def test_a_target_has_the_settings_and_the_slots_of_its_environment() -> None:
    base = project(slot("slot_a"), slot("slot_b"), environments=of(STAGING, PRODUCTION))
    there = inside(base, target("staging"))
    assert there.settings.owns == ("*",)
    assert there.desired["slot_a"] == STAGING.overridden["slot_a"]
    assert there.shared == base.desired


def test_what_fleet_yaml_says_takes_precedence_key_by_key() -> None:
    base = project(slot("slot_a"), slot("slot_b"), environments=of(STAGING, PRODUCTION))
    origin = "https://acme.cognigy.com"
    there = inside(
        base,
        target("staging", ids={"slot_b": "y2"}, expect=Expectation(origin=origin)),
        target("production", soak_hours=0),
    )
    staging = there.environment
    assert staging is not None
    assert staging.ids == {"slot_a": "x1", "slot_b": "y2"}
    assert staging.expect == Expectation(origin=origin, bot_id="bot_s")
    production = there.environments["production"]
    assert (production.promote_from, production.soak_hours) == ("staging", 0)


def test_its_environments_are_those_of_its_tenant_alone_and_in_their_order() -> None:
    base = project(slot("slot_a"), environments=of(STAGING, PRODUCTION, environment("qa")))
    there = inside(
        base,
        target("production", expect=Expectation(bot_id="p")),
        target("staging", expect=Expectation(bot_id="right")),
        target("staging", tenant="beta", expect=Expectation(bot_id="wrong")),
    )
    assert list(there.environments) == ["production", "staging"]
    assert there.environments["staging"].expect.bot_id == "right"


def test_its_places_are_those_in_the_fleet_files() -> None:
    there = inside(project(slot("slot_a"), environments=of(STAGING)), target("staging"))
    assert there.environment is not None
    assert there.environment.where("expect", "origin").file == "fleet.expect.origin"


def test_a_target_that_is_already_complete_gives_the_same_project() -> None:
    base = project(slot("slot_a"), slot("slot_b"), environments=of(STAGING, PRODUCTION))
    targets = (target("production"), target("staging", ids={"slot_a": "z"}))
    whole = [completed(each, base) for each in targets]
    assert inside(base, *whole) == inside(base, *targets)
    assert [completed(each, base) for each in whole] == whole


def test_an_origin_is_completed_in_its_normalised_spelling() -> None:
    loud = replace(STAGING, expect=Expectation(origin="HTTPS://ACME.cognigy.com:443/"))
    whole = completed(target("staging"), project(slot("slot_a"), environments=of(loud)))
    assert whole.expect.origin == "https://acme.cognigy.com"


def test_a_target_without_anything_in_reconciler_yaml_is_complete_as_it_is() -> None:
    bare = target("qa")
    assert completed(bare, project(slot("slot_a"), environments={})) is bare
    assert bare.expect == ANYWHERE


def test_an_environment_that_the_project_does_not_declare_is_an_error() -> None:
    base = project(slot("slot_a"), environments=of(STAGING))
    with pytest.raises(ConfigurationError, match="declares no environment 'stagging'"):
        inside(base, target("stagging"))


def test_it_can_be_pickled() -> None:
    there = inside(project(slot("slot_a"), environments=of(STAGING)), target("staging"))
    assert pickle.loads(pickle.dumps(there)) == there  # noqa: S301 - our own bytes
