"""The log of a fleet: each line about a target names it, whichever thread has written it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable

from tests.cli.fleet.conftest import TENANTS, FleetShell

Start = Callable[..., FleetShell]
NAMES = {f"{each}/production" for each in TENANTS}


def test_a_request_names_its_target_in_text_and_json(fleet: Start) -> None:
    shell = fleet()
    said = shell.run("fleet", "plan", "-vv").stderr
    requests = re.findall(r"^[0-9:.]+ (\S+): GET /api/v1/slots", said, flags=re.MULTILINE)
    assert set(requests) == NAMES
    assert not re.search(r"^[0-9:.]+ (GET|POST)", said, flags=re.MULTILINE)
    said = shell.run("fleet", "plan", "-vv", "--log-format", "json").stderr
    lines = [json.loads(line) for line in said.splitlines()]
    debug = [each for each in lines if each["level"] == "debug"]
    asked = Counter(each["target"] for each in debug)
    made = {f"{name}/production": len(shell.tenants[name].requests) for name in TENANTS}
    assert {name: number // 2 for name, number in made.items()} == asked, "in two plans"
    assert all(each["message"].startswith(("GET ", "POST ")) for each in debug)


def test_how_a_target_ended_names_it_apart_from_the_message(fleet: Start) -> None:
    shell = fleet()
    said = shell.run("fleet", "plan", "--log-format", "json").stderr
    lines = [json.loads(line) for line in said.splitlines()]
    ended = [each for each in lines if each.get("event") == "target_ended"]
    assert {each["target"] for each in ended} == NAMES
    assert not [each for each in lines if "target" in each and each not in ended]
