"""Content that a gate rejected in another target of the fleet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.model.outcome import RunReport
from reconciler.model.quarantine import Quarantine
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.plan import plan
from reconciler.planning.fleet_quarantine import contents
from tests.support.runs import Agreeing
from tests.support.world import COLOUR, FRUIT, World, desired_slot, document

WIDER = desired_slot(FRUIT, "^apple$", "^pear$", "^plum$")
OTHER = desired_slot(COLOUR, "^red$", "^blue$", "^green$")


def elsewhere(folder: Path) -> Quarantine:
    """What another target rejected: the wider slot."""
    made = World(folder, live=[document(FRUIT)]).plan(WIDER)
    return Quarantine(contents=frozenset(contents(made.changes)), run_id="fleet-1")


def applied(world: World, quarantine: Quarantine, request: ApplyRequest) -> RunReport:
    services = replace(world.services, quarantine=quarantine)
    return apply(world.project(WIDER, OTHER), services, Agreeing(), request)


def test_a_quarantined_change_is_skipped_and_counts_as_stopped_by_a_gate(tmp_path: Path) -> None:
    quarantine = elsewhere(tmp_path)
    world = World(tmp_path, live=[document(FRUIT), document(COLOUR)])
    report = applied(world, quarantine, ApplyRequest())
    assert {each.slot_id: each.status.value for each in report.outcomes} == {
        FRUIT: "skipped",
        COLOUR: "verified",
    }
    assert report.exit_code == 3
    (skipped,) = (each for each in report.outcomes if each.slot_id == FRUIT)
    assert "in another target of the fleet" in skipped.message
    assert world.plan(WIDER, OTHER).slot_ids == {FRUIT}


def test_a_plan_shows_it_as_rejected(tmp_path: Path) -> None:
    quarantine = elsewhere(tmp_path)
    world = World(tmp_path, live=[document(FRUIT)])
    made = plan(world.project(WIDER), replace(world.services, quarantine=quarantine))
    assert [each.slot_id for each in made.rejected] == [FRUIT]
    assert not made.due


def test_a_retry_applies_it(tmp_path: Path) -> None:
    quarantine = elsewhere(tmp_path)
    world = World(tmp_path, live=[document(FRUIT), document(COLOUR)])
    report = applied(world, quarantine, ApplyRequest(retry_failed=True))
    assert report.exit_code == 0
    assert not world.plan(WIDER, OTHER).changes
