"""What an apply refuses before anything is written or recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.endpoint import Endpoint
from tests.support.fuse import cut_after_the_write
from tests.support.world import FRUIT, ORIGIN, World, desired_slot, document

WITHOUT_BOT = Endpoint(origin=ORIGIN)
CHANGED = desired_slot(FRUIT, "^apple$")


@pytest.fixture
def bot(tmp_path: Path) -> World:
    world = World(tmp_path, live=[document(FRUIT)])
    world.endpoint = WITHOUT_BOT
    return world


def test_without_a_bot_id_a_gated_change_is_not_started(bot: World) -> None:
    report = bot.apply(CHANGED)
    assert report.error == "COGNIGY_BOT_ID is missing, so no gate can judge these changes."
    assert (report.exit_code, bot.entries, bot.writes) == (1, [], [])


def test_without_a_bot_id_a_gated_change_that_was_left_open_is_not_recovered(bot: World) -> None:
    cut_after_the_write(bot, FRUIT, CHANGED, judged=False)
    entries, writes = bot.entries, bot.writes
    report = bot.apply(CHANGED)
    assert report.error == "COGNIGY_BOT_ID is missing, so no gate can judge these changes."
    assert (report.exit_code, bot.entries, bot.writes) == (1, entries, writes)
    assert bot.history.open_changes
    report = bot.apply(CHANGED, judged=False)
    assert [each.status.value for each in report.outcomes] == ["unjudged"]
    assert not bot.history.open_changes


def test_without_a_bot_id_changes_that_no_gate_judges_are_made(bot: World) -> None:
    report = bot.apply(desired_slot(FRUIT, "^apple$", retrain=False))
    assert [each.status.value for each in report.outcomes] == ["unjudged"]
