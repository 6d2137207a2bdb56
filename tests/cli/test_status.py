"""`reconciler status`: every slot in every environment, each with its own variables."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.companies import Company, company, fruit
from tests.cli.conftest import Bot
from tests.support.world import COLOUR, FRUIT, SIZE, document

__all__ = ["company"]

LIVE = {
    "staging": [document(FRUIT), document(COLOUR)],
    "production": [document(FRUIT), document(COLOUR)],
}
PROMOTED = {"production": {"promote_from": "staging"}, "staging": {}}
StartCompany = Callable[..., Company]


def colour(shop: Company, **fields: Any) -> None:
    """A slot file that is as the live slot."""
    there = document(COLOUR)
    content = {"name": there["name"], "patterns": there["patterns"], **fields}
    shop.write(COLOUR, fill_strategy=there["fillStrategy"], **content)


def status(shop: Company | Bot, *arguments: str, code: int = 0) -> dict[str, Any]:
    done = shop.run("status", "--format", "json", *arguments)
    assert done.returncode == code, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def states(shop: Company | Bot, *arguments: str, code: int = 0) -> dict[str, dict[str, str]]:
    found = status(shop, *arguments, code=code)
    return {each["slot_id"]: each["states"] for each in found["slots"]}


def test_a_change_is_followed_from_its_file_through_both_environments(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    shop.declare(**PROMOTED)
    fruit(shop)
    colour(shop)
    as_desired = {"staging": "as_desired", "production": "as_desired"}
    assert states(shop) == {
        COLOUR: as_desired,
        FRUIT: {"staging": "differs", "production": "waiting"},
    }
    assert shop.run("apply", "--yes", "--env", "staging").returncode == 0
    assert states(shop)[FRUIT] == {"staging": "as_desired", "production": "differs"}
    assert shop.run("apply", "--yes", "--env", "production").returncode == 0
    assert states(shop)[FRUIT] == as_desired
    shop.tenants["production"].edit(FRUIT, fillStrategy="fuzzy")
    assert states(shop)[FRUIT] == {"staging": "as_desired", "production": "drifted"}


def test_environments_stand_in_the_order_of_promotion(company: StartCompany) -> None:
    shop = company(**LIVE)
    shop.declare(**PROMOTED)
    fruit(shop)
    assert status(shop)["environments"] == ["staging", "production"]
    shop.declare(production={}, staging={})
    assert status(shop)["environments"] == ["production", "staging"]


def test_a_slot_that_was_never_created_is_missing(company: StartCompany) -> None:
    shop = company(staging=[], production=[document(FRUIT)])
    fruit(shop, fill_strategy=document(FRUIT)["fillStrategy"])
    assert states(shop) == {FRUIT: {"staging": "missing", "production": "as_desired"}}
    shop.declare(staging={}, production={"promote_from": "staging"})
    shop.write(SIZE)
    assert states(shop)[SIZE] == {"staging": "missing", "production": "waiting"}


def test_a_slot_that_its_file_declares_absent_is_as_desired_once_it_is_gone(
    company: StartCompany,
) -> None:
    shop = company(staging=[document(FRUIT)], production=[])
    path = fruit(shop)
    path.write_text(json.dumps({"slot_id": FRUIT, "state": "absent"}))
    assert states(shop) == {FRUIT: {"staging": "differs", "production": "as_desired"}}


def test_what_a_gate_has_rejected_is_rejected_until_the_file_changes(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    shop.declare(**PROMOTED)
    fruit(shop, patterns=["^nothing$"])
    assert shop.run("apply", "--yes", "--env", "staging").returncode == 3
    assert states(shop)[FRUIT] == {"staging": "rejected", "production": "waiting"}
    found = status(shop)["last_runs"]
    assert found.keys() == {"staging"}
    assert (found["staging"]["outcome"], found["staging"]["summary"]) == (
        "rolled_back",
        {"rolled_back": 1},
    )
    fruit(shop)
    assert states(shop)[FRUIT]["staging"] == "differs"


def test_a_slot_is_below_its_gate_only_if_somebody_measures(company: StartCompany) -> None:
    shop = company(
        staging=[document(FRUIT, patterns=["^apple$"]), document(COLOUR)],
        production=[document(FRUIT, patterns=["^apple$"]), document(COLOUR)],
    )
    fruit(shop, patterns=["^apple$"], fill_strategy=document(FRUIT)["fillStrategy"])
    colour(shop, environments={"production": {"fill_strategy": "strict"}})
    unmeasured = states(shop)
    assert unmeasured[FRUIT] == {"staging": "as_desired", "production": "as_desired"}
    assert not [each for each in shop.tenants["staging"].requests if "analytics" in each.path]
    measured = states(shop, "--metrics")
    assert measured[FRUIT] == {"staging": "below_gate", "production": "below_gate"}
    assert measured[COLOUR] == {"staging": "as_desired", "production": "differs"}
    in_production = [
        each.path for each in shop.tenants["production"].requests if "analytics" in each.path
    ]
    assert len(in_production) == 1, "a slot that differs need not be measured"


def test_metrics_that_nobody_can_measure_are_an_error_beside_what_is_known(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    fruit(shop, fill_strategy=document(FRUIT)["fillStrategy"])
    shop.environment["COGNIGY_BOT_ID__STAGING"] = "bot_of_nobody"
    found = status(shop, "--metrics", code=1)
    assert found["slots"][0]["states"] == {"staging": "as_desired", "production": "as_desired"}
    assert found["errors"].keys() == {"staging"}
    assert found["errors"]["staging"]["message"].startswith("No slot could be measured")


def test_an_environment_without_variables_is_shown_as_no_access(company: StartCompany) -> None:
    shop = company(**LIVE)
    fruit(shop)
    (shop.folder / ".env.production").unlink()
    found = status(shop)
    assert found["environments"] == ["staging", "production"]
    assert (found["no_access"], found["errors"]) == (["production"], {})
    assert found["slots"][0]["states"] == {"staging": "differs"}
    text = shop.run("status").stdout
    assert "- no access" in text
    assert "COGNIGY_CLIENT_SECRET__PRODUCTION" in text
    assert "| no access |" in shop.run("status", "--format", "markdown").stdout


def test_variables_that_no_environment_has_for_its_own_lead_nowhere_by_themselves(
    company: StartCompany,
) -> None:
    """Otherwise one tenant would stand in both columns."""
    shop = company(**LIVE)
    fruit(shop)
    lines = (shop.folder / ".env.production").read_text().splitlines()
    (shop.folder / ".env.production").unlink()
    shop.environment.update(dict(line.split("=", 1) for line in lines))
    (shop.folder / ".env.staging").unlink()
    assert status(shop)["no_access"] == ["staging", "production"]
    shop.declare(
        staging={"expect": {"bot_id": "bot_staging"}},
        production={"expect": {"bot_id": "bot_production"}},
    )
    found = status(shop)
    assert found["no_access"] == ["staging"]
    assert found["slots"][0]["states"] == {"production": "differs"}


def test_variables_with_the_names_of_environments_serve_in_a_workflow_too(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    fruit(shop)
    for name in LIVE:
        path = shop.folder / f".env.{name}"
        for line in path.read_text().splitlines():
            variable, value = line.split("=", 1)
            shop.environment[f"{variable}__{name.upper()}"] = value
        path.write_text("COGNIGY_CLIENT_ID=of-someone-who-could-push\n")
    shop.environment |= {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(shop.folder)}
    assert states(shop)[FRUIT] == {"staging": "differs", "production": "differs"}


def test_credentials_that_fail_are_an_error_of_their_environment_alone(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    fruit(shop)
    path = shop.folder / ".env.production"
    path.write_text(path.read_text().replace("secret-production", "wrong-secret"))
    found = status(shop, code=1)
    assert found["slots"][0]["states"] == {"staging": "differs"}
    assert (found["no_access"], found["errors"].keys()) == ([], {"production"})
    assert shop.tenants["production"].requests
    done = shop.run("status")
    assert done.returncode == 1
    assert "Error in production: " in done.stdout
    assert "~ differs" in done.stdout
    markdown = shop.run("status", "--format", "markdown").stdout
    assert "**Error in `production`:**" in markdown
    for shown in (done.stdout, done.stderr, markdown, json.dumps(found)):
        assert "wrong-secret" not in shown


def test_some_variables_are_not_enough_and_the_missing_ones_are_named(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    fruit(shop)
    (shop.folder / ".env.production").write_text("COGNIGY_CLIENT_ID=sandbox\n")
    message = status(shop, code=1)["errors"]["production"]["message"]
    assert "COGNIGY_CLIENT_SECRET is missing." in message
    assert "COGNIGY_CLIENT_ID" not in message


def test_variables_that_lead_elsewhere_are_an_error_before_any_request(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    fruit(shop)
    shop.declare(staging={}, production={"expect": {"bot_id": "bot_other"}})
    message = status(shop, code=1)["errors"]["production"]["message"]
    assert "its bot_id should be bot_other, but is bot_production" in message
    assert not shop.tenants["production"].requests


def test_a_problem_with_ids_is_shown_with_what_to_do(company: StartCompany) -> None:
    shop = company(staging=[document(FRUIT)], production=[{**document(FRUIT), "slotId": "slot_77"}])
    fruit(shop)
    (problem,) = status(shop, code=1)["errors"]["production"]["problems"]
    assert "{slot_fruit: slot_77}" in problem["hint"]
    assert "slot_77 has its name" in shop.run("status").stdout
    shop.declare(staging={}, production={"ids": {FRUIT: "slot_77"}})
    assert states(shop) == {FRUIT: {"staging": "differs", "production": "differs"}}


def test_the_last_run_of_each_environment_is_found_in_any_ledger(company: StartCompany) -> None:
    shop = company(**LIVE)
    fruit(shop)
    shop.environment |= {"COGNIGY_AUDIT_LOG": "one.jsonl", "GITHUB_ACTOR": "ada"}
    shop.run("apply", "--yes", "--env", "staging")
    shop.environment |= {"COGNIGY_AUDIT_LOG": "two.jsonl", "GITHUB_ACTOR": "bob"}
    shop.environment["GITHUB_SHA"] = "c0ffee0000"
    shop.run("apply", "--yes", "--env", "production")
    assert status(shop)["last_runs"].keys() == {"production"}
    runs = status(shop, "--evidence", "one.jsonl")["last_runs"]
    assert {name: (run["actor"], run["commit"]) for name, run in runs.items()} == {
        "staging": ("ada", None),
        "production": ("bob", "c0ffee0000"),
    }
    assert {run["outcome"] for run in runs.values()} == {"verified"}
    (shop.folder / ".env.production").unlink()
    assert "production" in status(shop)["last_runs"]
    text = shop.run("status", "--evidence", "one.jsonl").stdout
    assert "bob  c0ffee0  1 verified, in " in text


def test_only_the_slots_that_are_asked_for_are_shown(company: StartCompany) -> None:
    shop = company(**LIVE)
    fruit(shop)
    colour(shop)
    assert states(shop, "--slot", "colour").keys() == {COLOUR}
    assert COLOUR in shop.run("status", "--slot", "colour").stdout
    done = shop.run("status", "--slot", "color")
    assert done.returncode == 1
    assert f"Did you mean colour ({COLOUR})?" in done.stderr


def test_slots_that_are_as_desired_everywhere_are_counted_unless_more_is_asked_for(
    company: StartCompany,
) -> None:
    shop = company(**LIVE)
    fruit(shop)
    colour(shop)
    folded = shop.run("status").stdout
    assert COLOUR not in folded
    assert "1 slot is as desired everywhere." in folded
    whole = shop.run("status", "-v").stdout
    assert COLOUR in whole
    assert "as desired everywhere" not in whole


@pytest.mark.parametrize("arguments", [(), ("--metrics",)])
def test_nothing_is_written_recorded_or_notified(
    company: StartCompany, arguments: tuple[str, ...]
) -> None:
    shop = company(**LIVE)
    fruit(shop)
    status(shop, *arguments)
    assert not (shop.folder / "slot_updates_audit.jsonl").exists()
    for tenant in shop.tenants.values():
        assert {each.method for each in tenant.requests} <= {"GET", "POST"}
        assert {each.path for each in tenant.requests if each.method == "POST"} == {"/oauth/token"}


def test_a_project_without_environments_is_one_column(bot: Callable[..., Bot]) -> None:
    shop = bot(live=[document(FRUIT)])
    shop.write(FRUIT, patterns=["^pear$", "^apple$"])
    shop.write(COLOUR)
    found = status(shop)
    assert found["environments"] == ["default"]
    assert [each["states"] for each in found["slots"]] == [
        {"default": "missing"},
        {"default": "differs"},
    ]
    assert found["last_runs"] == {}
    assert shop.run("apply", "--yes", "--target", FRUIT).returncode == 0
    after = status(shop)
    assert after["slots"][1]["states"] == {"default": "as_desired"}
    assert after["last_runs"]["default"]["outcome"] == "verified"
    del shop.environment["COGNIGY_CLIENT_SECRET"]
    failed = status(shop, code=1)
    assert "COGNIGY_CLIENT_SECRET is missing" in failed["error"]["message"]


def test_a_damaged_ledger_is_mentioned_once(company: StartCompany) -> None:
    shop = company(**LIVE)
    fruit(shop)
    shop.run("apply", "--yes", "--env", "staging")
    ledger = shop.folder / "slot_updates_audit.jsonl"
    lines = ledger.read_text().splitlines()
    ledger.write_text("\n".join([*lines[:-2], "{}", lines[-1], ""]))
    done = shop.run("status")
    assert done.returncode == 0, done.stdout
    assert done.stderr.count("of the ledger cannot be read") == 1
