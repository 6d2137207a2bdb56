"""Which tests kill a mutant: those that mirror its file, those in the same folder, those of the
operations, which use all code as a command does, or the simulation."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from queue import SimpleQueue

from tests.mutants.checkout import Checkout
from tests.mutants.sampling import Mutant

# The limit for one test, in seconds: less than elsewhere, because many mutants never end, but ten
# times what the slowest test needs, because a busy machine must not kill a mutant. The thread
# method ends pytest itself; after a signal, Hypothesis would look for a smaller example.
# The plugins are those that tests need: looking for others would take most of pytest's start.
TEST_TIMEOUT = 60
TIMED_OUT = "+ Timeout +"
PYTEST = (
    *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0"),
    *("-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin"),
    *("-o", f"timeout={TEST_TIMEOUT}", "-o", "timeout_method=thread"),
)
SAME_FOLDER = "the tests in the same folder"
ABOUT_EVERY_FILE = ("tests/test_frozen.py",)
# A stage may take this many times as long as without a mutant, and so many seconds more.
PATIENCE = 4
GRACE = 20


@dataclass(frozen=True)
class Stage:
    """One program that may notice a mutant."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """Whether a mutant was killed, and by what."""

    mutant: Mutant
    killer: str | None
    """The stage that failed; None if the mutant survived."""


class UnbrokenFailsError(Exception):
    """A stage fails without a mutant, so it cannot judge any."""


def stages(path: str, *, root: Path, seeds: int) -> list[Stage]:
    """The stages for a file, the cheapest first. `reconciler/planning/graph.py` is mirrored by
    `tests/planning/test_graph.py`; the folder is the nearest one that exists in tests/."""
    file = PurePosixPath(path)
    folder = PurePosixPath("tests").joinpath(*file.parent.parts[1:])
    while not (root / folder).is_dir():
        folder = folder.parent
    mirror = folder / f"test_{file.stem}.py"
    everywhere = [name for name in ABOUT_EVERY_FILE if (root / name).is_file()]
    found = [
        Stage(SAME_FOLDER, (*PYTEST, str(folder), *everywhere)),
        Stage("the tests of the operations", (*PYTEST, "tests/operations")),
        Stage(
            "the simulation",
            ("-m", "tests.simulation", "--seeds", str(seeds), "--workers", "1"),
        ),
    ]
    if (root / mirror).is_file():
        found.insert(0, Stage("the mirrored tests", (*PYTEST, str(mirror))))
    return found


@dataclass(frozen=True)
class Judge:
    """Runs the stages on mutants, each with a time limit."""

    root: Path
    seeds: int
    timeouts: dict[tuple[str, ...], float] = field(default_factory=dict)
    """The time limit in seconds, by the arguments of a stage."""
    killers: dict[str, Stage] = field(default_factory=dict)
    """For each file, the tests that killed its last mutant. They run before all tests in the same
    folder, of which they are a part, only to kill the next mutant sooner."""

    def learn(self, paths: Sequence[str], *, checkout: Checkout) -> None:
        """Run each stage without a mutant, to check that it passes and measure how long it takes.

        Raises:
            UnbrokenFailsError: A stage does not pass.
        """
        for path in paths:
            for stage in stages(path, root=self.root, seeds=self.seeds):
                if stage.arguments not in self.timeouts:
                    start = time.monotonic()
                    done = checkout.run(stage.arguments, timeout=None)
                    if done.returncode != 0:
                        raise UnbrokenFailsError(f"{done.stdout}{done.stderr}"[-2000:])
                    took = time.monotonic() - start
                    self.timeouts[stage.arguments] = GRACE + PATIENCE * took

    def judge(self, mutant: Mutant, *, checkout: Checkout) -> Judgement:
        """Run the stages until one fails."""
        with checkout.replaced(mutant.path, mutant.code):
            for stage in self._stages(mutant.path):
                try:
                    done = checkout.run(stage.arguments, timeout=self._timeout(stage))
                except subprocess.TimeoutExpired:
                    return Judgement(mutant, f"{stage.name}, which timed out")
                if TIMED_OUT in done.stdout:
                    return Judgement(mutant, f"{stage.name}, of which one timed out")
                if done.returncode != 0:
                    self._learn_killer(mutant.path, stage, output=done.stdout)
                    return Judgement(mutant, stage.name)
        return Judgement(mutant, None)

    def _stages(self, path: str) -> list[Stage]:
        found = stages(path, root=self.root, seeds=self.seeds)
        if path in self.killers:
            found.insert(len(found) - 3, self.killers[path])
        return found

    def _timeout(self, stage: Stage) -> float:
        """The stage's time limit; for `killers`, which were not measured, the longest of all."""
        return self.timeouts.get(stage.arguments, max(self.timeouts.values()))

    def _learn_killer(self, path: str, stage: Stage, *, output: str) -> None:
        failed = re.search(r"^(?:FAILED|ERROR) (\S+?\.py)", output, re.MULTILINE)
        if failed is not None and stage.name == SAME_FOLDER:
            self.killers[path] = Stage(SAME_FOLDER, (*PYTEST, failed[1]))


def judgements(
    mutants: Sequence[Mutant],
    *,
    judge: Callable[[Mutant, Checkout], Judgement],
    checkouts: Sequence[Checkout],
    is_over: Callable[[], bool],
) -> Iterator[Judgement]:
    """Judge the mutants, one at a time in each checkout, and yield each result. Once `is_over`, no
    mutant is started."""
    free: SimpleQueue[Checkout] = SimpleQueue()
    for checkout in checkouts:
        free.put(checkout)

    def judged(mutant: Mutant) -> Judgement:
        checkout = free.get()
        try:
            return judge(mutant, checkout)
        finally:
            free.put(checkout)

    waiting = iter(mutants)
    running: set[Future[Judgement]] = set()
    with ThreadPoolExecutor(len(checkouts)) as pool:
        while True:
            while len(running) < len(checkouts) and not is_over():
                mutant = next(waiting, None)
                if mutant is None:
                    break
                running.add(pool.submit(judged, mutant))
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for each in done:
                yield each.result()
