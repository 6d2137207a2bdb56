"""The history of an endpoint in the ledger, with warnings for a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import LedgerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import History
from reconciler.operations.history import history_of
from tests.support.fuse import cut_after_the_write
from tests.support.world import ENDPOINT, FRUIT, ORIGIN, World, desired_slot, document

CHANGED = desired_slot(FRUIT, "^apple$")


def recorded(bot: World, endpoint: Endpoint = ENDPOINT) -> History:
    return history_of(bot.services.ledger.lines(), endpoint=endpoint, observer=bot.observer)


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return World(tmp_path, live=[document(FRUIT)])


def test_without_a_ledger_there_is_no_history(bot: World) -> None:
    assert recorded(bot) == History()
    assert bot.observer.warnings == []


def test_a_history_is_only_that_of_its_endpoint(bot: World) -> None:
    bot.apply(CHANGED, judged=False)
    heard = len(bot.observer.warnings)
    assert recorded(bot).applied.keys() == {FRUIT}
    other = Endpoint(origin=ORIGIN, bot_id="bot_2")
    assert recorded(bot, other) == History()
    assert bot.observer.warnings[heard:] == []


def test_changes_left_open_at_another_endpoint_are_a_warning(bot: World) -> None:
    cut_after_the_write(bot, FRUIT, CHANGED, judged=False)
    recorded(bot, Endpoint(origin=ORIGIN, bot_id="bot_2"))
    assert f"bot bot_1 left open its change of {FRUIT}" in bot.observer.warnings[-1]


def test_an_endpoint_is_called_what_its_run_called_it(bot: World) -> None:
    bot.endpoint = bot.endpoint.model_copy(update={"kind": "project"})
    cut_after_the_write(bot, FRUIT, CHANGED, judged=False)
    recorded(bot, Endpoint(origin=ORIGIN, bot_id="bot_2"))
    assert f"project bot_1 left open its change of {FRUIT}" in bot.observer.warnings[-1]


def test_unreadable_lines_are_a_warning(bot: World) -> None:
    bot.apply(CHANGED, judged=False)
    with bot.ledger.open("ab") as file:
        file.write(b"damage\n")
    recorded(bot)
    assert "cannot be read" in bot.observer.warnings[-1]


def test_a_file_that_is_not_a_ledger_is_an_error(bot: World) -> None:
    bot.ledger.mkdir()
    with pytest.raises(LedgerError):
        recorded(bot)
