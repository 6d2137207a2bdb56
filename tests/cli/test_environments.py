"""One project, two tenants: the same slots, planned and applied in each by its name."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.companies import Company, company, fruit, planned
from tests.cli.conftest import FAST_GATE
from tests.support.world import COLOUR, FRUIT, document

__all__ = ["company"]


def test_each_environment_is_planned_and_applied_on_its_own(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    done = shop.run("apply", "--yes", "--env", "staging")
    assert done.returncode == 0, done.stderr
    assert planned(shop, "staging") == {}
    assert planned(shop, "production") == {FRUIT: "update"}
    assert not [each for each in shop.tenants["production"].requests if each.method == "PUT"]


def test_the_ledger_names_the_environment_of_each_run(company: Callable[..., Company]) -> None:
    shop = company(staging=[document(FRUIT)])
    fruit(shop)
    shop.run("apply", "--yes", "--env", "staging")
    first, *_ = (shop.folder / "slot_updates_audit.jsonl").read_text().splitlines()
    assert json.loads(first)["environment"] == "staging"


def test_the_environment_can_be_named_by_a_variable(company: Callable[..., Company]) -> None:
    shop = company(staging=[document(FRUIT)])
    fruit(shop)
    shop.environment["RECONCILER_ENV"] = "staging"
    assert shop.run("plan", "--detailed-exitcode").returncode == 2


@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes"), ("drift",), ("pull",)])
def test_without_an_environment_nothing_reaches_a_tenant(
    company: Callable[..., Company], command: tuple[str, ...]
) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    done = shop.run(*command)
    assert done.returncode == 1
    assert "so the command has to name one: staging, production." in done.stderr
    assert not any(tenant.requests for tenant in shop.tenants.values())


def test_an_unknown_environment_is_refused_with_the_closest_one(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[])
    fruit(shop)
    done = shop.run("plan", "--env", "stagin")
    assert done.returncode == 1
    assert done.stderr == (
        "Error: reconciler.yaml declares no environment 'stagin'.\nDid you mean staging?\n"
    )


def test_the_variables_of_another_environment_are_refused_before_any_request(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    shop.declare(staging={}, production={"expect": {"bot_id": "bot_production"}})
    (shop.folder / ".env.production").write_text((shop.folder / ".env.staging").read_text())
    for command in (("plan",), ("apply", "--yes"), ("drift",), ("pull",)):
        done = shop.run(*command, "--env", "production")
        assert done.returncode == 4
        assert "its bot_id should be bot_production, but is bot_staging." in done.stderr
    assert not any(tenant.requests for tenant in shop.tenants.values())


def test_variables_with_the_name_of_the_environment_come_before_the_others(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)])
    fruit(shop)
    lines = (shop.folder / ".env.staging").read_text().splitlines()
    (shop.folder / ".env.staging").unlink()
    shop.environment.update(
        dict(line.replace("=", "__STAGING=", 1).split("=", 1) for line in lines)
    )
    shop.environment["COGNIGY_BOT_ID"] = "bot_other"
    assert planned(shop, "staging") == {FRUIT: "update"}


def test_a_slot_is_called_by_its_key_and_reaches_the_tenant_by_its_id(
    company: Callable[..., Company],
) -> None:
    there = {**document(FRUIT), "slotId": "slot_77"}
    needing = {**document(COLOUR), "slotId": "slot_78", "dependencies": ["slot_77"]}
    shop = company(production=[there, needing])
    shop.declare(production={"ids": {FRUIT: "slot_77", COLOUR: "slot_78"}})
    fruit(shop)
    colour = document(COLOUR)
    shop.write(
        COLOUR,
        name=colour["name"],
        patterns=colour["patterns"],
        fill_strategy=colour["fillStrategy"],
        dependencies=[FRUIT],
    )
    assert planned(shop, "production") == {FRUIT: "update"}
    assert "~ slot_fruit  fruit  (id slot_77)" in shop.run("plan", "--env", "production").stdout
    done = shop.run("apply", "--yes", "--env", "production", "--target", FRUIT)
    assert done.returncode == 0, done.stderr
    assert planned(shop, "production") == {}
    assert (shop.tenants["production"].slot("slot_77") or {})["fillStrategy"] == "strict"
    assert shop.tenants["production"].slot(FRUIT) is None
    assert shop.run("drift", "--env", "production").returncode == 0


def test_a_slot_with_an_unknown_id_is_not_created_again(company: Callable[..., Company]) -> None:
    shop = company(production=[{**document(FRUIT), "slotId": "slot_77"}])
    fruit(shop)
    done = shop.run("plan", "--env", "production")
    assert done.returncode == 1
    assert "slot_fruit is not live in production, but slot_77 has its name, fruit" in done.stderr
    assert "{slot_fruit: slot_77}" in done.stderr


def test_an_id_that_two_live_slots_could_have_is_refused(company: Callable[..., Company]) -> None:
    there = {**document(FRUIT), "slotId": "slot_77"}
    shop = company(production=[there, document(FRUIT, name="other")])
    shop.declare(production={"ids": {FRUIT: "slot_77"}})
    fruit(shop)
    done = shop.run("plan", "--env", "production")
    assert done.returncode == 4
    assert "but the tenant also has a slot with the id slot_fruit" in done.stderr


def test_validate_finds_what_is_wrong_in_one_environment_alone(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[], production=[])
    fruit(shop, environments={"staging": {"patterns": ["^(a+)+$"]}})
    done = shop.run("validate", "--format", "json")
    assert done.returncode == 1
    (problem,) = json.loads(done.stdout)["problems"]
    assert problem["rule"] == "pattern-catastrophic"
    shop.declare(staging={}, production={"ids": {"slot_none": "slot_77"}})
    rules = [
        each["rule"]
        for each in json.loads(shop.run("validate", "--format", "json").stdout)["problems"]
    ]
    assert sorted(rules) == ["environment-id", "pattern-catastrophic"]


def test_a_saved_plan_is_applied_in_its_own_environment(company: Callable[..., Company]) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(shop)
    shop.run("plan", "--env", "staging", "--out", "plan.json")
    assert shop.run("apply", "plan.json", "--env", "production").returncode == 4
    assert shop.run("apply", "plan.json").returncode == 0
    assert planned(shop, "staging") == {}
    assert planned(shop, "production") == {FRUIT: "update"}


def test_a_slot_that_only_one_environment_changes_differs_there_alone(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)], production=[document(FRUIT)])
    fruit(
        shop,
        fill_strategy=document(FRUIT)["fillStrategy"],
        environments={"staging": {"fill_strategy": "strict"}},
    )
    assert planned(shop, "staging") == {FRUIT: "update"}
    assert planned(shop, "production") == {}


def test_a_pull_does_not_spread_what_differs_in_one_environment(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)])
    path = fruit(shop, environments={"staging": {"fill_strategy": "fuzzy"}})
    before = path.read_text()
    done = shop.run("pull", "--env", "staging", "--force")
    assert done.returncode == 1
    assert "the file has other values for staging" in done.stdout
    assert path.read_text() == before


def test_a_plan_and_a_drift_say_which_environment_they_are_about(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)])
    fruit(shop)
    assert shop.run("plan", "--env", "staging").stdout.startswith("Plan for staging: http://")
    assert shop.run("drift", "--env", "staging").stdout.startswith("Drift of staging: http://")


def test_doctor_examines_an_environment_that_has_no_slots_yet(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)])
    done = shop.run("doctor", "--env", "staging")
    assert done.returncode == 0, done.stdout
    assert "bot_staging" in done.stdout


def test_doctor_says_which_environment_is_unknown_among_its_checks(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)])
    done = shop.run("doctor", "--env", "stagin", "--format", "json")
    assert done.returncode == 1
    *_, check = json.loads(done.stdout)["checks"]
    assert (check["name"], check["status"]) == ("configuration", "failed")
    assert check["detail"] == "reconciler.yaml declares no environment 'stagin'."
    assert check["hint"] == "Did you mean staging?"


def test_a_pull_finds_ids_by_name_and_writes_them_into_the_settings(
    company: Callable[..., Company],
) -> None:
    there = {**document(FRUIT), "slotId": "slot_77"}
    needing = {**document(COLOUR), "slotId": "slot_78", "dependencies": ["slot_77"]}
    shop = company(production=[there, needing, document("slot_other", name="other")])
    settings = shop.folder / "slots" / "reconciler.yaml"
    text = (
        f"gate: {json.dumps(FAST_GATE)}\n"
        "environments:\n  # the live bot\n  production:\n    owns: []  # none\n"
    )
    settings.write_text(text)
    fruit(shop, fill_strategy="bestMatch")
    shop.write(
        COLOUR,
        name=document(COLOUR)["name"],
        patterns=document(COLOUR)["patterns"],
        fill_strategy="bestMatch",
        dependencies=[FRUIT],
    )
    done = shop.run("pull", "--env", "production")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "refreshed slots/reconciler.yaml: ids of production: {slot_colour: slot_78" in done.stdout
    )
    assert settings.read_text() == f"{text}    ids: {{slot_colour: slot_78, slot_fruit: slot_77}}\n"
    assert planned(shop, "production") == {}
    again = shop.run("pull", "--env", "production")
    assert (again.returncode, "refreshed" in again.stdout) == (0, False)


def test_a_pull_never_guesses_between_two_ids(company: Callable[..., Company]) -> None:
    name = document(FRUIT)["name"]
    shop = company(
        production=[document("slot_77", name=name), {**document("slot_78"), "name": name}]
    )
    fruit(shop)
    before = (shop.folder / "slots" / "reconciler.yaml").read_text()
    done = shop.run("pull", "--env", "production")
    assert done.returncode == 1
    assert "left out  slot_fruit: slot_77, slot_78 could be its id in production" in done.stdout
    assert (shop.folder / "slots" / "reconciler.yaml").read_text() == before
    refused = shop.run("plan", "--env", "production")
    assert "but slot_77, slot_78 have its name, fruit" in refused.stderr


def test_the_ledger_of_an_environment_is_read_where_its_variables_say(
    company: Callable[..., Company],
) -> None:
    shop = company(staging=[document(FRUIT)])
    fruit(shop)
    with (shop.folder / ".env.staging").open("a") as file:
        file.write("COGNIGY_AUDIT_LOG=staging.jsonl\n")
    assert shop.run("apply", "--yes", "--env", "staging").returncode == 0
    for command in (("list",), ("show",), ("verify",), ("export", "copy.jsonl")):
        assert shop.run("audit", *command).returncode == 1
        done = shop.run("audit", *command, "--env", "staging")
        assert done.returncode == 0, done.stderr
    assert (shop.folder / "copy.jsonl").read_text() == (shop.folder / "staging.jsonl").read_text()
    run_id = json.loads((shop.folder / "staging.jsonl").read_text().splitlines()[0])["run_id"]
    assert shop.run("revert", run_id).returncode == 1
    shop.environment["COGNIGY_AUDIT_LOG"] = "staging.jsonl"
    done = shop.run("revert", run_id, "--env", "production")
    assert done.returncode == 1
    assert "was in staging, not in production.\nLeave out --env" in done.stderr
    del shop.environment["COGNIGY_AUDIT_LOG"]
    assert shop.run("revert", run_id, "--env", "staging").returncode == 0
