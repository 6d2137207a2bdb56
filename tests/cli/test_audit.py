"""`reconciler audit`: checking and printing the ledger of real runs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.file import open_ledger
from tests.cli.conftest import Bot, Shell
from tests.support.world import COLOUR, FRUIT, document

LEDGER = "slot_updates_audit.jsonl"
DAMAGE: list[dict[str, Any]] = [
    {"timestamp": "yesterday"},
    {"timestamp": "2026-02-30T09:00:00.000Z"},
    {"timestamp": ""},
    {"success_rate": 10**400},
    {"success_rate": float("nan")},
    {"baseline": float("inf")},
    {"baselines": {"a": 10**400}},
    {"baseline": "0.9"},
    {"event": "gate_passed\x1b[2J"},
    {"event": "\n::error::x"},
    {"run_id": "run\n::error::x"},
    {"hash": "\ud800"},
    {"seq": 10**300},
    {"seq": -1},
]


@pytest.fixture
def shop(bot: Callable[..., Bot]) -> Bot:
    """A bot with a ledger of two runs: one rolled back, and one without the gate."""
    shop = bot(live=[document(FRUIT), document(COLOUR)])
    shop.environment |= {"GITHUB_ACTOR": "ada", "GITHUB_SHA": "c0ffee"}
    shop.write(FRUIT, patterns=["^nothing$"])
    assert shop.run("apply", "--yes").returncode == 3
    shop.write(FRUIT, patterns=["^apple$", "^pear$"])
    shop.write(COLOUR, patterns=["^blue$", "^red$"])
    emergency = shop.run("apply", "--yes", "--no-gate", "--reason", "INC-1 \x1b[2J")
    assert emergency.returncode == 0, emergency.stderr
    return shop


def test_an_intact_ledger_is_verified_and_its_last_hash_printed(shop: Bot) -> None:
    done = shop.run("audit", "verify")
    assert done.returncode == 0
    assert f"is intact: {len(shop.ledger)} lines" in done.stdout
    assert shop.ledger[-1]["hash"] in done.stdout


def test_an_edited_line_is_reported(shop: Bot) -> None:
    path = shop.folder / LEDGER
    path.write_text(path.read_text().replace('"event":"gate_failed"', '"event":"gate_passed"'))
    done = shop.run("audit", "verify")
    assert done.returncode == 1
    assert f"{LEDGER}:4: the line was changed" in done.stdout


def test_a_torn_tail_fails_until_it_is_moved_away_and_is_then_mentioned(shop: Bot) -> None:
    with (shop.folder / LEDGER).open("ab") as ledger:
        ledger.write(b'{"half')
    torn = shop.run("audit", "verify")
    assert torn.returncode == 1
    assert "a half-written line" in torn.stdout
    shop.write(COLOUR, patterns=["^red$", "^blue$"])
    assert shop.run("apply", "--yes").returncode == 0
    repaired = shop.run("audit", "verify")
    assert repaired.returncode == 0
    assert f"{LEDGER}.torn" in repaired.stdout


def test_show_prints_who_changed_what_and_the_result(shop: Bot) -> None:
    first, second = shop.run("audit", "show").stdout.split("\n\n")
    for expected in (
        f"on   {shop.environment['COGNIGY_BASE_URL']}, bot bot_1",
        "by   ada, commit c0ffee",
        f"started         {FRUIT}, update, baseline 1.000",
        "success rate fell from 1.000 to 0.000",
        "rolled back",
        "1 rolled back, in ",
    ):
        assert expected in first
    assert "WITHOUT the gate" in second
    assert "why  INC-1 \\x1b[2J" in second
    assert "1 unjudged" in second


def test_show_can_be_limited_to_one_run(shop: Bot) -> None:
    last = shop.ledger[-1]["run_id"]
    shown = shop.run("audit", "show", "--run", last).stdout
    assert shown.startswith(f"Run {last}")
    assert "WITHOUT the gate" in shown
    assert "ada" in shown
    assert "rolled back" not in shown
    unknown = shop.run("audit", "show", "--run", "none")
    assert unknown.returncode == 1
    assert "has no run none" in unknown.stderr


def test_a_run_that_never_finished_is_shown_as_such(shop: Bot) -> None:
    path = shop.folder / LEDGER
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    assert "never finished" in shop.run("audit", "show").stdout


@pytest.mark.parametrize("command", ["verify", "show", "list"])
def test_without_a_ledger_there_is_nothing_to_check(shell: Shell, command: str) -> None:
    done = shell.run("audit", command)
    assert done.returncode == 1
    assert f"There is no ledger {LEDGER}" in done.stderr


def test_a_current_run_is_shown_as_running_with_the_lock_holder(shop: Bot) -> None:
    path = shop.folder / LEDGER
    with open_ledger(path, run_id="run_now", clock=SystemClock()) as ledger:
        ledger.append("run_started")
        shown = shop.run("audit", "show").stdout.split("\n\n")[-1]
        assert f"running (pid {os.getpid()}, run run_now, on " in shown
        assert "never finished" not in shown
    assert "never finished" in shop.run("audit", "show").stdout


def test_a_garbled_lock_does_not_make_a_current_run_look_dead(shop: Bot) -> None:
    path = shop.folder / LEDGER
    with open_ledger(path, run_id="run_now", clock=SystemClock()) as ledger:
        ledger.append("run_started")
        path.with_name(f"{LEDGER}.lock").write_bytes(b"\x1b[2J")
        shown = shop.run("audit", "show").stdout
    assert "not finished; an apply is running" in shown


def test_a_run_that_died_is_not_taken_for_the_current_one(shop: Bot) -> None:
    path = shop.folder / LEDGER
    for run_id in ("run_dead", "run_now"):
        with open_ledger(path, run_id=run_id, clock=SystemClock()) as ledger:
            ledger.append("run_started")
            shown = shop.run("audit", "show").stdout
    assert shown.count("never finished") == 1
    assert shown.count("running (") == 1


@pytest.mark.parametrize("change", DAMAGE)
def test_an_invalid_line_is_reported_as_damage_by_every_command(
    shop: Bot, change: dict[str, Any]
) -> None:
    path = shop.folder / LEDGER
    *lines, last = path.read_text(encoding="utf-8").splitlines()
    changed = {**json.loads(lines[2]), **change}
    lines[2] = json.dumps(changed)
    path.write_text("\n".join([*lines, last, ""]), encoding="utf-8")
    verified = shop.run("audit", "verify")
    assert verified.returncode == 1
    assert f"{LEDGER}:3: the line is not a line of the ledger" in verified.stdout
    for arguments in (("audit", "show"), ("plan",), ("drift",), ("apply", "--yes")):
        done = shop.run(*arguments)
        assert "Line 3 of the ledger cannot be read" in done.stderr
        assert "bug in reconciler" not in done.stderr
        assert done.returncode in (0, 2)


def test_list_has_a_line_for_each_run(shop: Bot) -> None:
    first, second = shop.run("audit", "list").stdout.splitlines()
    assert first.startswith(f"{shop.ledger[0]['run_id']}  20")
    assert " UTC  ada  c0ffee " in first
    assert "1 rolled back, in " in first
    assert second.endswith("WITHOUT the gate")
    listed = json.loads(shop.run("audit", "list", "--format", "json").stdout)["runs"]
    assert [each["summary"] for each in listed] == [{"rolled_back": 1}, {"unjudged": 1}]
    assert [(each["actor"], each["state"]) for each in listed] == [("ada", "finished")] * 2


@pytest.mark.parametrize("slot", [COLOUR, "colour"])
def test_show_and_list_can_be_limited_to_one_slot_by_id_or_name(shop: Bot, slot: str) -> None:
    shown = shop.run("audit", "show", "--slot", slot).stdout
    assert COLOUR in shown
    assert FRUIT not in shown
    assert len(shop.run("audit", "list", "--slot", slot).stdout.splitlines()) == 1
    unknown = shop.run("audit", "show", "--slot", "color")
    assert unknown.returncode == 1
    assert "Did you mean colour (slot_colour)?" in unknown.stderr


def test_every_audit_command_has_json(shop: Bot) -> None:
    shown = json.loads(shop.run("audit", "show", "--format", "json").stdout)
    assert shown["entries"] == shop.ledger
    verified = json.loads(shop.run("audit", "verify", "--format", "json").stdout)
    assert (verified["intact"], verified["last_hash"]) == (True, shop.ledger[-1]["hash"])
    failed = shop.run("audit", "show", "--run", "none", "--format", "json")
    assert "has no run none" in json.loads(failed.stdout)["error"]["message"]
