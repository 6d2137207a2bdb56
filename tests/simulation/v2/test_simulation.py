"""Every invariant holds at every step of hundreds of seeds over version 2, and can fail."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from reconciler.model.outcome import Status
from tests.simulation.breaks.patching import Break
from tests.simulation.checks import require_caught, require_no_violation, require_same_trace
from tests.simulation.fuse import Ending
from tests.simulation.v2.breaks import BREAKS, NEEDS
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
    occurred.update(require_no_violation(range(first, first + SEEDS_A_TEST), api="cognigy-v2"))
    blocks_run.add(first)


def test_everything_that_can_happen_happens() -> None:
    if len(blocks_run) < SEEDS // SEEDS_A_TEST:
        pytest.skip("only after all the seeds")
    assert EVERY_KIND - occurred.keys() == set()


def test_a_seed_replays_exactly(tmp_path: Path) -> None:
    require_same_trace(7, tmp_path, api="cognigy-v2")


@pytest.mark.parametrize(
    ("break_it", "number"), BREAKS.items(), ids=[each.__name__ for each in BREAKS]
)
def test_a_break_is_caught(monkeypatch: pytest.MonkeyPatch, break_it: Break, number: int) -> None:
    break_it(monkeypatch)
    can_show = NEEDS.get(break_it)
    seeds = (seed for seed in range(SEEDS_OF_A_BREAK) if can_show is None or can_show(draw(seed)))
    require_caught(seeds, api="cognigy-v2", number=number)
