"""Checking the ledger, and reading its history."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import LedgerError
from reconciler.operations.audit import history, verify
from tests.support.world import COLOUR, FRUIT, World, desired_slot, document


@pytest.fixture
def bot(tmp_path: Path) -> World:
    """A bot with two runs in its ledger."""
    world = World(tmp_path, live=[document(FRUIT), document(COLOUR)])
    world.apply(desired_slot(FRUIT, "^apple$"), desired_slot(COLOUR), judged=False)
    world.apply(desired_slot(FRUIT), desired_slot(COLOUR), judged=False)
    return world


def test_a_whole_ledger_has_no_faults_and_its_last_hash(bot: World) -> None:
    (report,) = verify(bot.services.ledger)
    assert report.faults == ()
    assert report.last_hash == bot.entries[-1].hash


def test_an_edited_ledger_has_a_fault(bot: World) -> None:
    bot.ledger.write_bytes(bot.ledger.read_bytes().replace(b"tester", b"nobody", 1))
    (report,) = verify(bot.services.ledger)
    assert report.faults


def test_a_history_has_all_runs_or_the_requested_one(bot: World) -> None:
    ledger = bot.services.ledger
    assert list(history(ledger).entries) == bot.entries
    assert {each.run_id for each in history(ledger, run_id="run-2").entries} == {"run-2"}
    with pytest.raises(LedgerError, match="has no run run-9"):
        history(ledger, run_id="run-9")


def test_a_history_reports_damage(bot: World) -> None:
    ledger = bot.services.ledger
    assert history(ledger).damage == ""
    with bot.ledger.open("ab") as file:
        file.write(b"damage\n")
    assert "cannot be read" in history(ledger).damage


def test_a_history_says_which_apply_is_running(bot: World) -> None:
    ledger = bot.services.ledger
    assert history(ledger).at_work is None
    with ledger.open("run-3"):
        assert "run-3" in (history(ledger).at_work or "")


def test_a_missing_ledger_is_an_error(tmp_path: Path) -> None:
    ledger = World(tmp_path).services.ledger
    for read in (verify, history):
        with pytest.raises(LedgerError, match="There is no ledger"):
            read(ledger)
