"""What a run of the fleet tells whoever shows it."""

from __future__ import annotations

from pathlib import Path

from reconciler.model.fleet_event import FleetBegun, FleetEnded
from reconciler.model.fleet_run import FleetAction
from reconciler.operations.fleet.drift import fleet_drift
from tests.support.fleet_world import FleetWorld
from tests.support.world import FRUIT, desired_slot

WIDER = desired_slot(FRUIT, "^apple$", "^pear$", "^plum$")


def test_a_plan_and_a_drift_check_say_first_what_they_do_and_last_how_it_ended(
    tmp_path: Path,
) -> None:
    world = FleetWorld(tmp_path, "acme/production", "globex/production")
    world.planned(WIDER)
    files = world.files(WIDER)
    fleet_drift(files, world.services(files))
    ended = [each for each in world.observer.events if isinstance(each, FleetEnded)]
    assert world.observer.events[-1] == ended[-1]
    assert [each.report.action for each in ended] == [FleetAction.PLAN, FleetAction.DRIFT]
    begun = [each for each in world.observer.events if isinstance(each, FleetBegun)]
    assert world.observer.events[0] == begun[0]
    assert [(each.action, each.targets, each.steps) for each in begun] == [
        (FleetAction.PLAN, 2, 1),
        (FleetAction.DRIFT, 2, 1),
    ]
