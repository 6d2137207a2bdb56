"""A fleet whose tenants speak version 2 of the API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox.v2.tenant import SandboxTenant
from tests.docs.conftest import OrderBot, serving_order_bot

SETTINGS = "api: cognigy-v2\nflow: Order intake\ngate: {playbooks: [Order slots]}\n"
OTHER = "f" * 24


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[OrderBot]:
    """An adopted project, and credentials that lead to it."""
    with serving_order_bot(tmp_path) as started:
        (tmp_path / "slots" / "reconciler.yaml").write_text(SETTINGS)
        assert started.run("pull").returncode == 0
        variables, home = started.environment, tmp_path / "credentials" / "acme"
        home.mkdir(parents=True)
        (home / "api_key").write_text(variables["COGNIGY_API_KEY"])
        (home / "origin").write_text(variables["COGNIGY_BASE_URL"])
        (home / "project_id").write_text(variables["COGNIGY_PROJECT_ID"])
        started.environment = {"RECONCILER_CREDENTIALS_DIR": str(tmp_path / "credentials")}
        yield started


def planned(bot: OrderBot, **expect: str) -> dict[str, Any]:
    """How a plan of the one target ends, which expects this."""
    target = {"tenant": "acme", "environments": {"production": {"expect": expect}}}
    fleet = {"version": 1, "defaults": {"credentials": "{tenant}"}, "targets": [target]}
    (bot.folder / "fleet.yaml").write_text(json.dumps(fleet))
    done = bot.run("fleet", "plan", "--format", "json")
    (result,) = json.loads(done.stdout)["targets"]
    return dict(result)


def requests(bot: OrderBot) -> int:
    assert isinstance(bot.sandbox, SandboxTenant)
    return len(bot.sandbox.requests)


def test_a_target_says_which_project_it_expects_and_another_one_is_sent_nothing(
    bot: OrderBot,
) -> None:
    assert isinstance(bot.sandbox, SandboxTenant)
    project_id, before = bot.sandbox.project_id, requests(bot)
    refused = planned(bot, project_id=OTHER)
    assert refused["status"] == "failed"
    assert f"the project_id should be {OTHER}, but is another one" in refused["error"]
    assert requests(bot) == before
    assert planned(bot, project_id=project_id)["status"] == "in_sync"
    assert requests(bot) > before


def test_the_project_that_is_expected_serves_where_the_credentials_name_none(
    bot: OrderBot,
) -> None:
    assert isinstance(bot.sandbox, SandboxTenant)
    (bot.folder / "credentials" / "acme" / "project_id").unlink()
    assert planned(bot, project_id=bot.sandbox.project_id)["status"] == "in_sync"


def test_hints_name_where_the_key_and_the_project_lie(bot: OrderBot) -> None:
    home = bot.folder / "credentials" / "acme"
    (home / "api_key").write_text("wrong")
    hint = planned(bot)["hint"]
    assert f"Check {home / 'api_key'}, and that it was made on the tenant at" in hint
    assert str(home / "origin") in hint
