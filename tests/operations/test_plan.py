"""A plan: what differs, what the ledger adds to it, and what making one costs the tenant."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from reconciler.errors import NothingListedError
from reconciler.model.change import Action
from reconciler.model.plan import Plan, Selection
from reconciler.model.settings import Limits
from reconciler.model.slot import DesiredSlot
from reconciler.operations.plan import plan
from tests.support.fuse import cut_after_the_write
from tests.support.world import COLOUR, ENDPOINT, FRUIT, SIZE, World, desired_slot, document

CHANGED = desired_slot(FRUIT, "^apple$", retrain=False)
REJECTED = desired_slot(FRUIT, "^nothing$")


@pytest.fixture
def bot(tmp_path: Path) -> World:
    return World(tmp_path, live=[document(FRUIT), document(COLOUR)])


def planned(bot: World, *desired: DesiredSlot, targets: Iterable[str] = ()) -> Plan:
    selection = Selection(targets=tuple(targets))
    return plan(bot.project(*desired), bot.services, selection=selection)


def actions(made: Plan) -> dict[str, Action]:
    return {each.slot_id: each.action for each in made.changes}


def test_a_plan_has_every_difference_and_names_its_endpoint(bot: World) -> None:
    made = planned(bot, CHANGED, desired_slot(COLOUR), desired_slot(SIZE))
    assert actions(made) == {FRUIT: Action.UPDATE, SIZE: Action.CREATE}
    assert made.endpoint == ENDPOINT
    assert made.summary.unchanged == 1


def test_a_plan_writes_neither_to_the_tenant_nor_to_the_ledger(bot: World) -> None:
    planned(bot, CHANGED, desired_slot(SIZE))
    assert bot.writes == []
    assert not bot.ledger.exists()


def test_a_plan_covers_only_the_selected_slots(bot: World) -> None:
    made = planned(bot, CHANGED, desired_slot(COLOUR), desired_slot(SIZE), targets=[SIZE])
    assert actions(made) == {SIZE: Action.CREATE}
    assert made.selection == Selection(targets=(SIZE,))


def test_a_change_that_the_gate_has_rejected_is_skipped(bot: World) -> None:
    bot.apply(REJECTED, desired_slot(COLOUR))
    assert bot.statuses[FRUIT] == "rolled_back"
    made = planned(bot, REJECTED, desired_slot(COLOUR))
    assert made.rejected_changes.keys() == {FRUIT}
    assert made.due == ()


def test_a_change_that_was_left_open_is_a_warning(bot: World) -> None:
    cut_after_the_write(bot, FRUIT, CHANGED, desired_slot(COLOUR))
    (warning,) = planned(bot, CHANGED, desired_slot(COLOUR)).warnings
    assert f"left its change of {FRUIT} open; the next apply recovers it" in warning


def test_a_plan_over_a_limit_is_made_with_a_warning(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], limits=Limits(max_changes=1))
    made = planned(bot, CHANGED, desired_slot(COLOUR, retrain=False))
    assert len(made.changes) == 2
    assert [each for each in made.warnings if each.startswith("Over a limit: 2 changes")]


def test_a_tenant_that_lists_none_of_the_slots_that_were_applied_is_refused(
    bot: World, tmp_path: Path
) -> None:
    bot.apply(CHANGED, desired_slot(COLOUR))
    emptied = World(tmp_path)  # with the same ledger
    with pytest.raises(NothingListedError):
        planned(emptied, CHANGED, desired_slot(COLOUR))
