"""Runs a seed of version 2 from start to end."""

from __future__ import annotations

from pathlib import Path

from tests.simulation.runner import Result, seeded
from tests.simulation.trace import Violation
from tests.simulation.v2.convergence import converge
from tests.simulation.v2.scenario import draw
from tests.simulation.v2.world import World


def run_seed(seed: int, folder: Path, *, traced: bool = False) -> Result:
    """Run one seed, with its ledger in `folder`; the trace is kept if it fails or if `traced`."""
    scenario = draw(seed)
    apart = folder / f"{seed}"
    apart.mkdir()
    world = World(scenario, apart)
    violation = None
    with seeded(f"v2 jitter {seed}"):
        try:
            for disturbance in scenario.runs:
                world.apply(disturbance)
            converge(world)
        except Violation as broken:
            violation = broken
    trace = f"{scenario}\n{world.trace}" if violation or traced else ""
    return Result(seed, violation, trace, world.trace.counts)
