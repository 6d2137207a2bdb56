"""From a seed to its end: what the tests, the mutations and the command line all call."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.convergence import converge, require_as_undisturbed
from tests.simulation.scenario import draw
from tests.simulation.trace import Violation
from tests.simulation.world import World


@dataclass(frozen=True)
class Result:
    """How a seed went: `violation` is None where every invariant held."""

    seed: int
    violation: Violation | None
    trace: str
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        verdict = self.violation or "every invariant held"
        again = f"python -m tests.simulation --seed {self.seed} --trace"
        return f"{self.trace}\nseed {self.seed}: {verdict}\nagain: {again}"


def run_seed(seed: int, folder: Path, *, traced: bool = False) -> Result:
    """Run one seed. `folder` is for its ledgers; the trace is told of a failure, or if `traced`."""
    scenario = draw(seed)
    apart = folder / f"{seed}"
    for each in (apart, apart / "twin"):
        each.mkdir()
    world = World(scenario, apart)
    violation = None
    with _seeded(seed):
        try:
            for disturbance in scenario.runs:
                world.endure(disturbance)
            converge(world)
            require_as_undisturbed(world, apart / "twin")
        except Violation as found:
            violation = found
    trace = f"{scenario}\n{world.trace}" if violation or traced else ""
    return Result(seed, violation, trace, world.trace.counts)


def run_block(seeds: Sequence[int]) -> list[Result]:
    """Run these, up to the first that fails."""
    results: list[Result] = []
    with temporary_folder() as folder:
        for seed in seeds:
            results.append(run_seed(seed, folder))
            if results[-1].violation is not None:
                break
    return results


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """In memory where the machine has such a place: a ledger waits for its disk at every line."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """The client draws its jitter from the global dice."""
    state = random.getstate()
    random.seed(f"jitter {seed}")
    try:
        yield
    finally:
        random.setstate(state)
