"""The workflows of a project with environments: production waits for what staging has verified."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.sandbox.v1.settings import READER
from tests.cli.companies import Company, company
from tests.cli.conftest import Bot
from tests.support.github import serving_github
from tests.support.world import FRUIT, document
from tests.workflows.conftest import Shop, unzipped
from tests.workflows.origin import Origin
from tests.workflows.results import Trigger, WorkflowRun
from tests.workflows.runner import Runner

__all__ = ["company"]

NEW = ["^apple$", "^pear$", "^plum$"]
BOTH = ("staging", "production")


@dataclass
class Business(Shop):
    """A repository whose bot has environments, each a tenant of its own."""

    company: Company = None  # type: ignore[assignment]
    asked: list[str] = field(default_factory=list)
    """The environments of GitHub that a job has used, in order."""

    def act(self, name: str, trigger: Trigger) -> WorkflowRun:
        """Run a workflow of a project with environments."""
        return self.run(f"environments/{name}", trigger)

    def patterns(self, environment: str) -> object:
        return self.company.patterns(environment, FRUIT)

    def by_hand_in(self, environment: str, *, unshown: bool = False) -> Trigger:
        trigger = self.by_hand(unshown=unshown)
        trigger.payload["inputs"]["environment"] = environment
        return trigger


class Watched(dict[str, Any]):
    """Secrets by environment, which notes what was asked for."""

    def __init__(self, values: dict[str, Any], asked: list[str]) -> None:
        super().__init__(values)
        self._asked = asked

    def __getitem__(self, name: str) -> Any:
        if name not in self._asked:
            self._asked.append(name)
        return super().__getitem__(name)


@pytest.fixture
def business(
    company: Callable[..., Company], tmp_path_factory: pytest.TempPathFactory, warm: str
) -> Iterator[Business]:
    """Both environments have FRUIT live as on main; nothing has run yet."""
    made = company(**{name: [document(FRUIT)] for name in BOTH})
    made.declare(staging={}, production={"promote_from": "staging"})
    made.write(FRUIT, patterns=list(document(FRUIT)["patterns"]))
    variables, secrets = {}, {}
    for name in made.tenants:
        dotenv = dict(
            line.split("=", 1) for line in (made.folder / f".env.{name}").read_text().splitlines()
        )
        (made.folder / f".env.{name}").unlink()
        for role, client in (
            ("plan", (READER.client_id, READER.client_secret)),
            ("apply", (dotenv["COGNIGY_CLIENT_ID"], dotenv["COGNIGY_CLIENT_SECRET"])),
        ):
            keys = ("COGNIGY_BASE_URL", "COGNIGY_BOT_ID")
            variables[f"reconciler-{role}-{name}"] = {key: dotenv[key] for key in keys}
            secrets[f"reconciler-{role}-{name}"] = dict(
                zip(("COGNIGY_CLIENT_ID", "COGNIGY_CLIENT_SECRET"), client, strict=True)
            )
    origin = Origin(made.folder)
    origin.begin()
    asked: list[str] = []
    with serving_github() as github:
        runner = Runner(
            origin=origin,
            github=github,
            folder=tmp_path_factory.mktemp("runner"),
            tool=warm,
            variables={},
            own_variables=variables,
            secrets=Watched(secrets, asked),
        )
        yield Business(
            bot=Bot(folder=made.folder),
            origin=origin,
            github=github,
            runner=runner,
            company=made,
            asked=asked,
        )


def change(business: Business, **fields: Any) -> None:
    business.write(FRUIT, **{"patterns": NEW, **fields})


def test_a_pull_request_gets_one_comment_with_a_section_for_each_environment(
    business: Business,
) -> None:
    change(business)
    run = business.act("plan", business.propose())
    assert run.succeeded, run.log
    body = business.comment()
    staging, _, production = body.partition("\n## production\n")
    assert "\n## staging\n" in staging
    assert "0 to create, 1 to update, 0 to delete" in staging
    assert "no slot changes, 1 waiting for staging" in production
    assert "+   ^plum$" in production.partition("The diffs of what waits")[2]
    assert business.github.labels_on(7) == ["slots: update"]
    head = run.trigger.payload["pull_request"]["head"]["sha"]
    assert {each["context"] for each in business.github.statuses[head]} == {
        "slots (staging)",
        "slots (production)",
    }
    assert business.asked == ["reconciler-plan-staging", "reconciler-plan-production"]


def test_a_merge_goes_through_the_environments_and_each_has_a_ledger_of_its_own(
    business: Business,
) -> None:
    change(business)
    business.act("plan", business.propose())
    business.asked.clear()
    run = business.act("apply", business.merge())
    assert run.succeeded, run.log
    assert [business.patterns(each) for each in BOTH] == [NEW, NEW]
    assert business.asked == [
        f"reconciler-{role}-{name}" for name in BOTH for role in ("plan", "apply")
    ]
    for name in BOTH:
        lines = unzipped(business.artifact(f"reconciler-ledger-{name}")).splitlines()
        started = [json.loads(line) for line in lines if b"run_started" in line]
        assert {each["environment"] for each in started} == {name}
    _, *outcomes = [body.replace("\r\n", "\n") for body in business.github.bodies(7)]
    assert len(outcomes) == 2
    for name, body in zip(BOTH, outcomes, strict=True):
        assert "✅ Applied: 1 verified" in body
        assert f"Run in `{name}`," in body
        page = unzipped(business.artifact(f"apply-{name}.html")).decode()
        assert page.startswith("<!doctype html>")


def test_what_staging_rejects_never_asks_for_the_approval_of_production(
    business: Business,
) -> None:
    change(business, patterns=["^nothing$"])
    business.act("plan", business.propose())
    business.asked.clear()
    run = business.act("apply", business.merge())
    assert run.jobs["apply staging/apply"].step("Apply").code == 3
    assert run.jobs["apply production/plan"].conclusion == "success"
    assert run.jobs["apply production/apply"].conclusion == "skipped"
    assert business.asked[-1] == "reconciler-plan-production"
    assert business.patterns("production") == document(FRUIT)["patterns"]

    again = business.act("apply", business.scheduled())
    assert again.succeeded, again.log
    assert again.jobs["apply staging/apply"].conclusion == "skipped"


def test_a_scheduled_run_makes_live_what_had_to_stand_first(business: Business) -> None:
    declared = {"promote_from": "staging", "soak_hours": 24}
    business.company.declare(staging={}, production=declared)
    business.push()
    change(business)
    business.act("plan", business.propose())
    run = business.act("apply", business.merge())
    assert run.succeeded, run.log
    assert run.jobs["apply production/apply"].conclusion == "skipped"
    assert "has to stand for 24 h" in run.jobs["apply production/plan"].summary
    assert business.patterns("production") == document(FRUIT)["patterns"]

    business.company.declare(staging={}, production={"promote_from": "staging"})
    business.push()
    later = business.act("apply", business.scheduled())
    assert later.succeeded, later.log
    assert later.jobs["apply staging/apply"].conclusion == "skipped"
    assert business.patterns("production") == NEW


def test_a_scheduled_run_leaves_an_edit_in_a_tenant_to_a_person(business: Business) -> None:
    business.company.tenants["staging"].edit(FRUIT, fillStrategy="strict")
    run = business.act("apply", business.scheduled())
    assert run.succeeded, run.log
    assert run.jobs["apply staging/apply"].conclusion == "skipped"
    by_hand = business.act("apply", business.by_hand_in("staging", unshown=True))
    assert by_hand.succeeded, by_hand.log
    assert [each for each in by_hand.jobs if each.startswith("apply production")] == []
    slot = business.company.tenants["staging"].slot(FRUIT)
    assert slot is not None
    assert slot["fillStrategy"] == "bestMatch"


def test_each_environment_has_an_issue_about_its_drift(business: Business) -> None:
    change(business)
    business.act("plan", business.propose())
    assert business.act("apply", business.merge()).succeeded
    for name in BOTH:
        business.company.tenants[name].edit(FRUIT, fillStrategy="strict")
    run = business.act("drift", business.scheduled())
    assert run.succeeded, run.log
    titles = [each["title"] for each in business.github.issues]
    assert [title.split(":")[0] for title in titles] == ["Drift in staging", "Drift in production"]
    assert "reconciler pull --env production --slot" in business.github.issues[1]["body"]

    business.company.tenants["staging"].edit(FRUIT, fillStrategy="bestMatch")
    business.act("drift", business.scheduled())
    assert [each["state"] for each in business.github.issues] == ["closed", "open"]


def test_files_that_cannot_be_used_are_explained_once_and_nothing_is_planned(
    business: Business,
) -> None:
    change(business, patterns=["("])
    run = business.act("plan", business.propose())
    assert not run.succeeded
    assert run.jobs["plans"].conclusion == "skipped"
    assert run.jobs["plan"].step("Require a plan").code == 1
    assert business.comment().count("No plan could be made") == 1
    assert f"slots/{FRUIT}.yaml:1:" in business.comment()
    assert business.asked == []


def test_one_environment_that_cannot_be_planned_fails_the_check_and_the_other_is_shown(
    business: Business,
) -> None:
    business.runner.secrets = {**business.runner.secrets, "reconciler-plan-staging": {}}
    change(business)
    run = business.act("plan", business.propose())
    assert run.jobs["plan"].conclusion == "failure"
    staging, _, production = business.comment().partition("\n## production\n")
    assert "COGNIGY_CLIENT_ID is missing" in staging
    assert "1 waiting for staging" in production


def test_unchanged_slots_succeed_at_once(business: Business) -> None:
    (business.origin.folder / "README.md").write_text("Slots of the shop.")
    run = business.act("plan", business.propose())
    assert run.succeeded, run.log
    assert run.jobs["plans"].conclusion == "skipped"
    assert business.github.received == []
