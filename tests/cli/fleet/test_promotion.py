"""A tenant whose production is promoted from its staging: what waits says what for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.cli.fleet.conftest import FleetShell
from tests.support.world import FRUIT, GOOD

Start = Callable[..., FleetShell]
NAME = "acme/production"
STAGING = ("--select", "environment=staging")


@pytest.fixture
def shell(fleet: Start) -> FleetShell:
    """acme, whose environments are two of the tenants, and a change of its slot."""
    started = fleet()
    environments = {
        "staging": {"credentials": "acme", "expect": {"origin": started.urls["acme"]}},
        "production": {
            "credentials": "globex",
            "expect": {"origin": started.urls["globex"]},
            "promote_from": "staging",
            "soak_hours": 24,
        },
    }
    for each in environments.values():
        each["expect"]["bot_id"] = "bot_1"  # type: ignore[index]
    targets = [{"tenant": "acme", "environments": environments}]
    (started.folder / "fleet.yaml").write_text(json.dumps({"version": 1, "targets": targets}))
    started.widen()
    return started


def production(shell: FleetShell, *arguments: str) -> dict[str, Any]:
    """How the production ends."""
    done = shell.run("fleet", *arguments, "--format", "json")
    found = {each["name"]: each for each in json.loads(done.stdout)["targets"]}
    assert found[NAME]["status"] == "waiting", done.stdout
    return dict(found[NAME])


def test_what_waits_says_for_which_environment_and_why(shell: FleetShell) -> None:
    unknown = f"{FRUIT} waits for staging: nothing is known of staging: no run there is in the"
    assert production(shell, "plan")["hint"] == f"{unknown} ledger."
    shown = shell.run("fleet", "plan").stdout
    assert f"waiting      {NAME}\n      {unknown}" in shown
    comment = shell.run("fleet", "plan", "--format", "markdown").stdout
    assert f"#### Targets that wait\n\n- `{NAME}` waiting: `{unknown}" in comment


def test_what_soaks_says_until_when(shell: FleetShell) -> None:
    applied = shell.run("fleet", "apply", "--yes", *STAGING)
    assert applied.returncode == 0, applied.stderr
    assert shell.patterns("acme") == [*GOOD[FRUIT], "^plum$"]
    target = production(shell, "apply", "--yes")
    assert target["hint"].startswith(f"{FRUIT} waits for staging until 20")
    assert "UTC and has to stand for 24 h." in target["hint"]
    assert target["error"] is None
    text = shell.run("fleet", "apply", "--yes").stdout
    assert f"waiting      {NAME}\n      {FRUIT} waits for staging until" in text
    status = shell.run("fleet", "status")
    assert f"{FRUIT} waits for staging until 20" in status.stdout
    assert "(all are in" not in status.stdout
    assert production(shell, "status")["hint"] == target["hint"]
    assert shell.writes("globex") == 0


def test_a_line_of_the_progress_says_it_too(shell: FleetShell) -> None:
    said = shell.run("fleet", "apply", "--yes").stderr
    assert f"waiting {NAME}" in said
    assert f": {FRUIT} waits for staging until 20" in said


def test_a_change_beside_one_that_waits_is_verified_and_says_it(shell: FleetShell) -> None:
    assert shell.run("fleet", "apply", "--yes", *STAGING).returncode == 0
    fleet_yaml = shell.folder / "fleet.yaml"
    fleet_yaml.write_text(fleet_yaml.read_text().replace('"soak_hours": 24', '"soak_hours": 0'))
    shell.write("slot_colour", patterns=list(GOOD["slot_colour"]))
    shown = shell.run("fleet", "plan").stdout
    assert "proven by: reconciler fleet drift --metrics --select environment=staging)" in shown
    done = shell.run("fleet", "apply", "--yes", "--select", "environment=production")
    assert done.returncode == 0, done.stderr
    assert f"verified     {NAME}\n      slot_colour waits for staging: " in done.stdout
