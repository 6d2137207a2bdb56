"""`reconciler revert`: the way back in the files, over HTTP until then."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Bot, Shell
from tests.support.world import COLOUR, FRUIT, document


@pytest.fixture
def shop(bot: Callable[..., Bot]) -> Bot:
    """A bot after a run that changed two slots without a gate; nothing else is in its ledger."""
    shop = bot(live=[document(FRUIT), document(COLOUR)])
    shop.environment |= {"GITHUB_SHA": "c0ffee"}
    shop.write(FRUIT, patterns=["^apple$"])
    shop.write(COLOUR, patterns=["^red$"])
    assert shop.run("apply", "--yes", "--no-gate").returncode == 0
    return shop


def run_id(shop: Bot) -> str:
    return str(shop.ledger[-1]["run_id"])


def without_access(shop: Bot) -> Shell:
    """The same folder, where no variable is set."""
    return Shell(folder=shop.folder)


def test_it_says_which_files_were_written_and_what_to_do_next(shop: Bot) -> None:
    done = without_access(shop).run("revert", run_id(shop))
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"refreshed slots/{COLOUR}.yaml ({COLOUR})",
        f"refreshed slots/{FRUIT}.yaml ({FRUIT})",
    ]
    assert "2 refreshed." in done.stderr
    assert "open a pull request" in done.stderr
    assert shop.run("plan", "--detailed-exitcode").returncode == 2
    assert shop.run("apply", "--yes").returncode == 0
    assert shop.run("plan", "--detailed-exitcode").returncode == 0
    assert shop.live(FRUIT)["patterns"] == ["^apple$", "^pear$"]


def test_json_has_the_same(shop: Bot) -> None:
    done = shop.run("revert", run_id(shop), "--slot", "fruit", "--format", "json")
    assert json.loads(done.stdout) == {
        "format_version": "1.0",
        "run_id": run_id(shop),
        "environment": None,
        "commit": "c0ffee",
        "files": [
            {
                "slot_id": FRUIT,
                "path": f"slots/{FRUIT}.yaml",
                "result": "refreshed",
                "note": "",
            }
        ],
        "not_reverted": [],
        "also_in": [],
    }


def test_what_has_changed_since_is_listed_and_nothing_is_written(shop: Bot) -> None:
    first = run_id(shop)
    shop.write(FRUIT, patterns=["^pear$"])
    shop.run("apply", "--yes", "--no-gate")
    path = shop.write(COLOUR, patterns=["^blue$"])
    before = path.read_bytes()
    done = shop.run("revert", first)
    assert done.returncode == 4
    assert f"{FRUIT}: run {run_id(shop)} has changed it since (patterns)" in done.stderr
    assert f"not applied yet: patterns (slots/{COLOUR}.yaml:1:" in done.stderr
    assert "Nothing was written." in done.stderr
    assert path.read_bytes() == before


def test_a_refusal_in_json_has_each_obstacle_with_its_place(shop: Bot) -> None:
    shop.write(COLOUR, patterns=["^blue$"])
    done = shop.run("revert", run_id(shop), "--format", "json")
    assert done.returncode == 4
    refused = json.loads(done.stdout)
    assert f"--slot {FRUIT}" in refused["error"]["hint"]
    (obstacle,) = refused["refused"]
    place = f"slots/{COLOUR}.yaml"
    assert (obstacle["slot_id"], obstacle["file"], obstacle["line"]) == (COLOUR, place, 1)


def test_a_second_revert_says_that_there_is_nothing_to_do(shop: Bot) -> None:
    shop.run("revert", run_id(shop))
    done = shop.run("revert", run_id(shop))
    assert done.returncode == 0
    assert "already say what was there before" in done.stderr


def test_a_rolled_back_run_leaves_nothing_to_undo(shop: Bot) -> None:
    shop.write(FRUIT, patterns=["^nothing$"])
    assert shop.run("apply", "--yes").returncode == 3
    done = shop.run("revert", run_id(shop))
    assert done.returncode == 0
    assert f"Nothing to undo: the change of {FRUIT} was rolled back." in done.stderr


def test_a_run_that_changed_nothing_is_said_to_have_changed_nothing(shop: Bot) -> None:
    shop.write(FRUIT, patterns=["^apple$"], protect=True)  # recorded, but no change
    assert shop.run("apply", "--yes").returncode == 0
    done = shop.run("revert", run_id(shop))
    assert done.returncode == 0
    assert f"Run {run_id(shop)} changed no slots" in done.stderr


def test_an_unknown_run_is_an_error_that_names_the_closest(shop: Bot) -> None:
    done = shop.run("revert", run_id(shop)[:-1])
    assert done.returncode == 1
    assert f"Did you mean {run_id(shop)}?" in done.stderr


def test_a_damaged_ledger_is_a_warning(shop: Bot) -> None:
    path = shop.folder / "slot_updates_audit.jsonl"
    path.write_text(path.read_text().replace('"event":"run_finished"', '"event":1'))
    done = shop.run("revert", str(shop.ledger[0]["run_id"]))
    assert done.returncode == 0, done.stderr
    assert "cannot be read" in done.stderr
