"""Runs a seed from start to end, for the tests, the mutations and the command line."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.simulation.convergence import converge, require_as_undisturbed
from tests.simulation.subjects import SUBJECTS, draw_api
from tests.simulation.trace import Violation
from tests.simulation.world import World


@dataclass(frozen=True)
class Result:
    """The result of a seed; `violation` is None if every invariant held."""

    seed: int
    api: str
    violation: Violation | None
    trace: str
    counts: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        verdict = self.violation or "every invariant held"
        again = f"python -m tests.simulation --seed {self.seed} --api {self.api} --trace"
        return f"{self.trace}\nseed {self.seed} over {self.api}: {verdict}\nagain: {again}"


def run_seed(seed: int, folder: Path, *, api: str | None = None, traced: bool = False) -> Result:
    """Run one seed over `api`, or the one that it draws, with its ledgers in `folder`.

    The trace is kept if it fails or if `traced`.
    """
    api = api or draw_api(seed)
    apart = folder / f"{seed}"
    (apart / "twin").mkdir(parents=True)
    subject = SUBJECTS[api]
    world = World(subject, subject.draw(seed), apart)
    violation = None
    with seeded(f"jitter {seed}"):
        try:
            for disturbance in world.scenario.runs:
                world.endure(disturbance)
            converge(world)
            require_as_undisturbed(world, apart / "twin")
        except Violation as broken:
            violation = broken
    trace = f"{world.scenario}\n{world.trace}" if violation or traced else ""
    trace = trace.replace(f"{apart}/", "")  # it differs in every process
    return Result(seed, api, violation, trace, world.trace.counts)


def run_block(seeds: Sequence[int], *, api: str | None = None) -> list[Result]:
    """Run these seeds, up to the first that fails."""
    results: list[Result] = []
    with temporary_folder() as folder:
        for seed in seeds:
            results.append(run_seed(seed, folder, api=api))
            if results[-1].violation is not None:
                break
    return results


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder in memory if possible: a ledger syncs its disk after every line."""
    memory = Path("/dev/shm")  # noqa: S108 - we create a private folder in it
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


@contextmanager
def seeded(jitter: str) -> Iterator[None]:
    """Seed the global random state with this: the client draws its jitter from it."""
    state = random.getstate()
    random.seed(jitter)
    try:
        yield
    finally:
        random.setstate(state)
