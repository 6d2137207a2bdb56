"""Runs a seed from start to end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.simulation.fleet.invariants import Violation
from tests.simulation.fleet.scenario import Scenario, drawn
from tests.simulation.fleet.world import World
from tests.simulation.runner import seeded


@dataclass(frozen=True)
class Result:
    """The result of a seed; `violation` is None if every invariant held. `ended_at` and
    `last_hash`, that of the fleet's chain, are the same whenever the seed is run."""

    scenario: Scenario
    violation: Violation | None
    happened: Counter[str]
    ended_at: float
    last_hash: str


def run_seed(seed: int) -> Result:
    """Run one seed."""
    scenario = drawn(seed)
    world = World(scenario)
    violation = None
    with seeded(f"jitter {seed}"):
        try:
            world.run()
        except Violation as broken:
            violation = broken
    last = world.database.tables.events.get("fleet", [])[-1:]
    return Result(
        scenario=scenario,
        violation=violation,
        happened=world.trouble.happened,
        ended_at=world.scheduler.now,
        last_hash=last[0].hash if last else "",
    )
