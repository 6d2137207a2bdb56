from __future__ import annotations

from pathlib import Path

from reconciler.model.endpoint import Endpoint
from reconciler.planning.last_change import last_change
from tests.support.world import ENDPOINT, FRUIT, World, desired_slot, document


def test_the_last_change_of_an_endpoint_is_when_it_was_recorded(tmp_path: Path) -> None:
    world = World(tmp_path, live=[document(FRUIT)])
    assert last_change(world.services.ledger.lines(), endpoint=ENDPOINT) is None
    began = world.clock.now()
    world.apply(desired_slot(FRUIT, "^apple$", "^pear$", "^plum$"))
    changed = last_change(world.services.ledger.lines(), endpoint=ENDPOINT)
    assert changed is not None
    assert began <= changed <= world.clock.now()


def test_another_bot_in_the_same_ledger_has_not_been_changed(tmp_path: Path) -> None:
    world = World(tmp_path, live=[document(FRUIT)])
    world.apply(desired_slot(FRUIT, "^apple$", "^pear$", "^plum$"))
    other = Endpoint(origin=ENDPOINT.origin, bot_id="bot_2")
    assert last_change(world.services.ledger.lines(), endpoint=other) is None


def test_a_run_that_changes_nothing_leaves_the_time_as_it_was(tmp_path: Path) -> None:
    world = World(tmp_path, live=[document(FRUIT)])
    slot = desired_slot(FRUIT, "^apple$", "^pear$", "^plum$")
    world.apply(slot)
    changed = last_change(world.services.ledger.lines(), endpoint=ENDPOINT)
    world.clock.advance(3600)
    world.apply(slot, desired_slot("slot_new", protect=True))
    assert last_change(world.services.ledger.lines(), endpoint=ENDPOINT) != changed
    changed = last_change(world.services.ledger.lines(), endpoint=ENDPOINT)
    world.clock.advance(3600)
    world.apply(slot, desired_slot("slot_new", protect=True))
    assert last_change(world.services.ledger.lines(), endpoint=ENDPOINT) == changed
