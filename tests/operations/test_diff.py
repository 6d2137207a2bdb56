"""Two environments, each a tenant of its own in this process, compared live."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.errors import (
    ConfigurationError,
    PermissionDeniedError,
    PlanningError,
    ReconcilerError,
)
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Environment
from reconciler.model.live_difference import Intent, LiveDifference
from reconciler.model.problem import NOWHERE
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot
from reconciler.operations.diff import diff
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.support.faults import answered
from tests.support.world import BOT, COLOUR, FRUIT, ORIGIN, World, desired_slot, document

PLACES = {
    "staging": Endpoint(origin=ORIGIN, bot_id=BOT),
    "production": Endpoint(origin="https://other.cognigy.com", bot_id=BOT),
}


class Company:
    """A world for each environment."""

    def __init__(self, folder: Path) -> None:
        live = [document(FRUIT), document(COLOUR)]
        self.worlds = {name: World(folder / name, live=live) for name in PLACES}
        for name, endpoint in PLACES.items():
            self.worlds[name].endpoint = endpoint

    def project(self, *desired: DesiredSlot) -> Project:
        settings = self.worlds["staging"].settings
        environments = {
            name: Environment(name=name, settings=settings, locate=lambda _: NOWHERE)
            for name in PLACES
        }
        base = self.worlds["staging"].project(*desired)
        return replace(base, environments=environments)

    def connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> AbstractContextManager[Connection]:
        assert permission is Permission.READ
        assert project.environment is not None
        return self.worlds[project.environment.name].connect(
            project, permission=permission, lease=lease
        )

    def diff(self, *desired: DesiredSlot) -> LiveDifference:
        project = self.project(*desired)
        return diff(project, "staging", "production", connect=self.connect)


@pytest.fixture
def company(tmp_path: Path) -> Company:
    for name in PLACES:
        (tmp_path / name).mkdir()
    return Company(tmp_path)


def test_what_differs_is_found_and_nothing_is_written(company: Company) -> None:
    company.worlds["production"].sandbox.edit(FRUIT, fillStrategy="strict")
    found = company.diff(desired_slot(FRUIT), desired_slot(COLOUR))
    assert [(each.slot_id, each.intent) for each in found.slots] == [(FRUIT, Intent.NOT_MEANT)]
    assert (found.first, found.second, found.same, found.exit_code) == (
        "staging",
        "production",
        1,
        2,
    )
    for world in company.worlds.values():
        assert world.writes == []
        assert not world.ledger.exists()


def test_the_same_environment_twice_is_refused(company: Company) -> None:
    with pytest.raises(ReconcilerError, match="staging is named twice"):
        diff(company.project(desired_slot(FRUIT)), "staging", "staging", connect=company.connect)


def test_an_unknown_environment_is_refused_with_the_closest_one(company: Company) -> None:
    with pytest.raises(ConfigurationError) as caught:
        diff(company.project(desired_slot(FRUIT)), "staging", "prodution", connect=company.connect)
    assert caught.value.hint == "Did you mean production?"


def test_two_names_for_one_place_are_refused_before_any_request(company: Company) -> None:
    company.worlds["production"].endpoint = PLACES["staging"]
    with pytest.raises(ConfigurationError, match="lead to the same bot"):
        company.diff(desired_slot(FRUIT))
    assert not any(world.sandbox.requests for world in company.worlds.values())


def test_an_error_says_which_environment_it_is_about(company: Company) -> None:
    company.worlds["production"].inject("GET", "slots", answered(403), times=9)
    with pytest.raises(PermissionDeniedError) as caught:
        company.diff(desired_slot(FRUIT))
    assert caught.value.message.startswith("production: ")
    assert str(caught.value) == caught.value.message
    assert caught.value.hint


def test_one_tenant_may_hold_both_under_different_ids(company: Company) -> None:
    company.worlds["production"].endpoint = PLACES["staging"]
    project = company.project(desired_slot(FRUIT))
    there = replace(project.environments["production"], ids={FRUIT: "slot_77"})
    both = replace(project, environments={**project.environments, "production": there})
    assert diff(both, "staging", "production", connect=company.connect).exit_code == 0


def test_a_slot_whose_id_is_not_known_is_not_taken_for_missing(company: Company) -> None:
    world = company.worlds["production"]
    world.sandbox._store.delete(FRUIT)
    world.sandbox._store.put({**document(FRUIT), "slotId": "slot_77"})
    with pytest.raises(PlanningError) as caught:
        company.diff(desired_slot(FRUIT))
    (problem,) = caught.value.problems
    assert "slot_77 has its name" in problem.message
