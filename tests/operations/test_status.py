"""Several environments, each a tenant of its own in this process."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconciler.errors import Interrupted, LedgerError, NoAccessError, ReconcilerError
from reconciler.model.environment import Environment
from reconciler.model.problem import NOWHERE
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot
from reconciler.model.status import EnvironmentStatus, SlotStatus, StatusReport
from reconciler.operations.services import Services
from reconciler.operations.status import StatusRequest, status
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.support.faults import answered
from tests.support.world import COLOUR, FRUIT, SIZE, World, desired_slot, document

MEASURED = StatusRequest(metrics=True)


class Places:
    """Two worlds, and the services of each by the name of its environment."""

    def __init__(self, folder: Path) -> None:
        live = [document(FRUIT), document(COLOUR)]
        self.staging, self.production = (
            World(folder / name, live=live) for name in ("staging", "production")
        )
        self.without_access: set[str] = set()

    def project(self, *desired: DesiredSlot) -> Project:
        settings = self.staging.settings
        names = ("staging", "production")
        environments = {
            name: Environment(name=name, settings=settings, locate=lambda _: NOWHERE)
            for name in names
        }
        return replace(self.staging.project(*desired), environments=environments)

    def services(self, project: Project) -> Services:
        assert project.environment is not None
        name = project.environment.name
        world: World = getattr(self, name)

        def refused(
            project: Project, *, permission: Permission, lease: Lease = UNSHARED
        ) -> AbstractContextManager[Connection]:
            raise NoAccessError(f"There is no access to {name}.", hint="Set the variables.")

        services = world.services
        return replace(services, connect=refused) if name in self.without_access else services

    def status(self, *desired: DesiredSlot, request: StatusRequest = MEASURED) -> StatusReport:
        return status(self.project(*desired), self.services, request)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    for name in ("staging", "production"):
        (tmp_path / name).mkdir()
    return Places(tmp_path)


def statuses(report: StatusReport) -> dict[str, dict[str, str]]:
    return {
        each.name: {slot_id: status.value for slot_id, status in each.statuses.items()}
        for each in report.environments
        if each.statuses is not None
    }


def only(report: StatusReport, name: str) -> EnvironmentStatus:
    return next(each for each in report.environments if each.name == name)


def test_each_environment_has_its_own_statuses(places: Places) -> None:
    places.staging.apply(
        desired_slot(FRUIT, "^pear$", "^apple$"), desired_slot(COLOUR), judged=False
    )
    places.staging.sandbox.edit(COLOUR, fillStrategy="fuzzy")
    report = places.status(
        desired_slot(FRUIT, "^pear$", "^apple$"),
        desired_slot(COLOUR),
        desired_slot(SIZE),
        request=StatusRequest(),
    )
    assert statuses(report) == {
        "staging": {COLOUR: "differs", FRUIT: "as_desired", SIZE: "missing"},
        "production": {COLOUR: "as_desired", FRUIT: "differs", SIZE: "missing"},
    }
    places.staging.apply(desired_slot(COLOUR, "^blue$", "^red$"), judged=False)
    places.staging.sandbox.edit(COLOUR, fillStrategy="bestMatch", patterns=["^red$"])
    edited = only(places.status(desired_slot(COLOUR, "^blue$", "^red$")), "staging")
    assert edited.statuses == {COLOUR: SlotStatus.DRIFTED}
    assert report.exit_code == 0
    assert [each.slot_id for each in report.slots] == [COLOUR, FRUIT, SIZE]


def test_one_that_fails_keeps_no_other_from_being_shown(places: Places) -> None:
    places.staging.inject("GET", "slots", answered(403), times=9)
    report = places.status(desired_slot(FRUIT), desired_slot(COLOUR))
    failed = only(report, "staging")
    assert (failed.statuses, failed.has_access, report.exit_code) == (None, True, 1)
    assert failed.error is not None
    assert failed.error.message
    assert only(report, "production").statuses == dict.fromkeys(
        (COLOUR, FRUIT), SlotStatus.AS_DESIRED
    )


def test_an_environment_without_access_is_no_error(places: Places) -> None:
    places.without_access.add("production")
    report = places.status(desired_slot(FRUIT))
    found = only(report, "production")
    assert (found.has_access, found.statuses, found.error) == (False, None, None)
    assert found.failure is not None
    assert found.failure.hint == "Set the variables."
    assert (report.exit_code, [each.name for each in report.known]) == (0, ["staging"])
    assert report.as_desired == {FRUIT}


def test_an_interrupt_is_no_error_of_an_environment(places: Places) -> None:
    def interrupted(_project: Project) -> Services:
        raise Interrupted

    with pytest.raises(Interrupted):
        status(places.project(desired_slot(FRUIT)), interrupted)


def test_nor_is_one_while_it_measures_an_error_of_the_metrics(places: Places) -> None:
    world = places.production

    def interrupted(request: httpx.Request, answer: Any) -> httpx.Response:
        world.clock.interrupt_after(0)
        return answered(429)(request, answer)

    world.inject("GET", "extraction", interrupted)
    with pytest.raises(Interrupted):
        places.status(desired_slot(FRUIT))


def test_services_that_cannot_be_built_are_an_error_of_their_environment(places: Places) -> None:
    def services_in(project: Project) -> Services:
        if project.environment is not None and project.environment.name == "staging":
            raise LedgerError("This is not a ledger.")
        return places.services(project)

    report = status(places.project(desired_slot(FRUIT)), services_in)
    failed = only(report, "staging")
    assert failed.error is not None
    assert failed.error.message == "This is not a ledger."
    assert only(report, "production").statuses is not None


def test_only_slots_that_are_as_desired_are_measured(places: Places) -> None:
    desired = (
        desired_slot(FRUIT, gate={"min_success_rate": 1.0}),
        desired_slot(COLOUR, "^red$"),
        desired_slot(SIZE),
    )
    places.production.sandbox.edit(FRUIT, patterns=["^apple$"])
    report = places.status(*desired)
    assert statuses(report)["staging"] == {
        COLOUR: "differs",
        FRUIT: "as_desired",
        SIZE: "missing",
    }
    measured = [each.path for each in places.staging.sandbox.requests if "analytics" in each.path]
    assert len(measured) == 1
    assert FRUIT in measured[0]
    assert not [r for r in places.production.sandbox.requests if "analytics" in r.path]


def test_metrics_that_cannot_be_read_leave_what_is_known(places: Places) -> None:
    places.staging.endpoint = places.staging.endpoint.model_copy(update={"bot_id": None})
    places.production.inject("GET", "extraction", answered(404), times=9)
    report = places.status(desired_slot(FRUIT))
    as_desired = {FRUIT: "as_desired"}
    assert statuses(report) == {"staging": as_desired, "production": as_desired}
    messages = [each.error.message for each in report.environments if each.error]
    assert "COGNIGY_BOT_ID is missing" in messages[0]
    assert "No slot could be measured" in messages[1]


def test_nothing_is_notified_or_recorded(places: Places) -> None:
    places.status(desired_slot(FRUIT, "^apple$"))
    for world in (places.staging, places.production):
        assert world.messages.sent == []
        assert not world.ledger.exists()
        assert world.writes == []


def test_a_slot_is_chosen_by_id_or_name(places: Places) -> None:
    def chosen(*slots: str) -> list[str]:
        report = places.status(
            desired_slot(FRUIT), desired_slot(COLOUR), request=StatusRequest(slots=tuple(slots))
        )
        assert {frozenset(each.statuses or {}) for each in report.environments} == {
            frozenset(each.slot_id for each in report.slots)
        }
        return [each.slot_id for each in report.slots]

    assert chosen(FRUIT) == [FRUIT]
    assert chosen("fruit", "colour", FRUIT) == [COLOUR, FRUIT]
    with pytest.raises(ReconcilerError, match="'frut' does not name one slot") as caught:
        chosen("frut")
    assert "Did you mean fruit" in caught.value.hint


def test_without_environments_what_prevents_a_look_is_raised(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)])
    report = status(bot.project(desired_slot(FRUIT)), lambda _: bot.services)
    assert [each.name for each in report.environments] == ["default"]
    assert report.environments[0].statuses == {FRUIT: SlotStatus.AS_DESIRED}
    bot.inject("GET", "slots", answered(403), times=9)
    with pytest.raises(ReconcilerError):
        status(bot.project(desired_slot(FRUIT)), lambda _: bot.services)
