"""Who kills a mutant: the tests that mirror its file, those beside them, then the simulation."""

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

# One test may take this many seconds: less than elsewhere, as many a mutant never ends, but ten
# times what the slowest needs, as a busy machine must kill none. The thread ends all of pytest,
# where a signal would have Hypothesis look for a smaller example.
TEST_TIMEOUT = 60
TIMED_OUT = "+ Timeout +"
PYTEST = (
    *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--hypothesis-seed=0"),
    *("-o", f"timeout={TEST_TIMEOUT}", "-o", "timeout_method=thread"),
)
BESIDE = "the tests beside them"
ABOUT_EVERY_FILE = ("tests/test_frozen.py",)
# A stage may take this many times what it takes with nothing broken, and as many seconds more.
PATIENCE = 4
GRACE = 20


@dataclass(frozen=True)
class Stage:
    """One program that is asked whether it notices."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Judgement:
    """What became of a mutant."""

    mutant: Mutant
    killer: str | None
    """The stage that noticed; None if the mutant survived."""


class UnbrokenFailsError(Exception):
    """A stage fails although nothing is broken, so that it can judge nothing."""


def stages(path: str, *, root: Path, seeds: int) -> list[Stage]:
    """Who is asked about a file, the cheapest first: `reconciler/planning/graph.py` is mirrored by
    `tests/planning/test_graph.py`, or by what stands in the nearest folder that exists."""
    file = PurePosixPath(path)
    folder = PurePosixPath("tests").joinpath(*file.parent.parts[1:])
    while not (root / folder).is_dir():
        folder = folder.parent
    mirror = folder / f"test_{file.stem}.py"
    everywhere = [name for name in ABOUT_EVERY_FILE if (root / name).is_file()]
    asked = [
        Stage(BESIDE, (*PYTEST, str(folder), *everywhere)),
        Stage(
            "the simulation",
            ("-m", "tests.simulation", "--seeds", str(seeds), "--workers", "1"),
        ),
    ]
    if (root / mirror).is_file():
        asked.insert(0, Stage("the mirrored tests", (*PYTEST, str(mirror))))
    return asked


@dataclass(frozen=True)
class Judge:
    """Asks each stage in turn, and knows how long one may take."""

    root: Path
    seeds: int
    timeouts: dict[tuple[str, ...], float] = field(default_factory=dict)
    """By the arguments of a stage."""
    killers: dict[str, Stage] = field(default_factory=dict)
    """For each file, the tests that killed the last of its mutants. They are asked before all those
    beside them, of which they are some: so it changes nothing but how soon a mutant dies."""

    def learn(self, paths: Sequence[str], *, checkout: Checkout) -> None:
        """Runs each stage with nothing broken, to see that it passes and how long it takes.

        Raises:
            UnbrokenFailsError: One does not pass.
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
        """Asks until a stage notices."""
        with checkout.replaced(mutant.path, mutant.code):
            for stage in self._asked(mutant.path):
                try:
                    done = checkout.run(stage.arguments, timeout=self._timeout(stage))
                except subprocess.TimeoutExpired:
                    return Judgement(mutant, f"{stage.name}, by not ending")
                if TIMED_OUT in done.stdout:
                    return Judgement(mutant, f"{stage.name}, by a test not ending")
                if done.returncode != 0:
                    self._learn_killer(mutant.path, stage, output=done.stdout)
                    return Judgement(mutant, stage.name)
        return Judgement(mutant, None)

    def _asked(self, path: str) -> list[Stage]:
        asked = stages(path, root=self.root, seeds=self.seeds)
        if path in self.killers:
            asked.insert(len(asked) - 2, self.killers[path])
        return asked

    def _timeout(self, stage: Stage) -> float:
        """What the killers take, nobody has measured: at most as long as the longest."""
        return self.timeouts.get(stage.arguments, max(self.timeouts.values()))

    def _learn_killer(self, path: str, stage: Stage, *, output: str) -> None:
        failed = re.search(r"^(?:FAILED|ERROR) (\S+?\.py)", output, re.MULTILINE)
        if failed is not None and stage.name == BESIDE:
            self.killers[path] = Stage(BESIDE, (*PYTEST, failed[1]))


def judgements(
    mutants: Sequence[Mutant],
    *,
    judge: Callable[[Mutant, Checkout], Judgement],
    checkouts: Sequence[Checkout],
    is_over: Callable[[], bool],
) -> Iterator[Judgement]:
    """As they are judged, one in each checkout at a time; none is begun once it is over."""
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
