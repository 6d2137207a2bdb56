"""Every invariant holds at every step of hundreds of seeds over version 2, and can fail."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reconciler.model.outcome import Status
from tests.simulation.breaks.patching import Break
from tests.simulation.fuse import Ending
from tests.simulation.runner import temporary_folder
from tests.simulation.v2.breaks import BREAKS, NEEDS
from tests.simulation.v2.runner import run_seed
from tests.simulation.v2.scenario import FAULTS, MISHAPS, draw

SEEDS = 500
SEEDS_A_TEST = 50
SEEDS_OF_A_BREAK = 400

EVERY_KIND = frozenset(
    {
        *(f"fault: {fault}" for fault in FAULTS),
        *(f"{kind}: {mishap}" for kind, mishaps in MISHAPS.items() for mishap in mishaps),
        *(
            f"outcome: {status.value}"
            for status in Status
            if status not in (Status.UNJUDGED, Status.INCONCLUSIVE)
        ),
        *(
            f"{ending.value}: {where}"
            for ending in Ending
            for where in ("before a request", "after a request", "in a wait", "after a line")
        ),
        *(f"others: {act}" for act in ("edit", "create", "delete", "overwritten in the window")),
        *(f"recovered: {finding}" for finding in ("stored", "not_stored", "foreign")),
        *(f"exit code: {code}" for code in (0, 1, 3, 4, 130)),
        "disk full",
        "tried again with --retry-failed",
    }
)
"""What must happen in these seeds, so that the simulation cannot become vacuous unnoticed."""

occurred: Counter[str] = Counter()
blocks_run: set[int] = set()


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_every_invariant_holds_at_every_step(first: int) -> None:
    with temporary_folder() as folder:
        for seed in range(first, first + SEEDS_A_TEST):
            result = run_seed(seed, folder)
            if result.violation is not None:
                pytest.fail(str(result), pytrace=False)
            occurred.update(result.counts)
    blocks_run.add(first)


def test_everything_that_can_happen_happens() -> None:
    if len(blocks_run) < SEEDS // SEEDS_A_TEST:
        pytest.skip("only after all the seeds")
    assert EVERY_KIND - occurred.keys() == set()


def test_a_seed_replays_exactly(tmp_path: Path) -> None:
    traces = []
    for name in ("once", "again"):
        folder = tmp_path / name
        folder.mkdir()
        traces.append(run_seed(7, folder, traced=True).trace.replace(str(folder), ""))
    assert traces[0] == traces[1]
    assert "request" in traces[0]


@pytest.mark.parametrize(
    ("break_it", "number"), BREAKS.items(), ids=[each.__name__ for each in BREAKS]
)
def test_a_break_is_caught(monkeypatch: pytest.MonkeyPatch, break_it: Break, number: int) -> None:
    break_it(monkeypatch)
    can_show = NEEDS.get(break_it)
    found: set[int] = set()
    with temporary_folder() as folder:
        for seed in range(SEEDS_OF_A_BREAK):
            if can_show is not None and not can_show(draw(seed)):
                continue
            violation = run_seed(seed, folder).violation
            if violation is not None:
                found.add(violation.number)
            if number in found:
                return
    pytest.fail(f"not caught as invariant {number}, but as {found or 'none'}")
