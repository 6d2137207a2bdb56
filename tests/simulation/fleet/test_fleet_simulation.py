"""Whatever dies, sleeps or is cut off, every invariant of a fleet holds; and the simulation can
fail."""

from __future__ import annotations

from collections import Counter

import pytest
from click.testing import CliRunner

from tests.simulation.fleet.__main__ import main
from tests.simulation.fleet.breaks import BREAKS, Break, a_secret_is_told
from tests.simulation.fleet.runner import run_seed
from tests.simulation.fleet.trouble import Kind

SEEDS, SEEDS_A_TEST = 96, 12
FIRST_SEEDS = 80


@pytest.mark.parametrize("first", range(0, SEEDS, SEEDS_A_TEST))
def test_every_invariant_holds(first: int) -> None:
    for seed in range(first, first + SEEDS_A_TEST):
        result = run_seed(seed)
        assert result.violation is None, f"python -m tests.simulation.fleet --seeds 1 --from {seed}"


def test_a_few_seeds_have_everything_in_them() -> None:
    happened: Counter[str] = Counter()
    for seed in range(30):
        happened += run_seed(seed).happened
    assert {
        *(kind.value for kind in Kind),
        "a loss is found",
        "a loss is refused",
        "answer lost",
        "edited in the console",
        "halt asked for",
        "failover that loses lines",
        "handed out twice",
        "is suspended before a write",
        "no apply: LockHeldError",
        "request lost",
        "result delivered twice",
        "unknown commit",
        *(f"exit code {code}" for code in (0, 1, 3)),
        *(f"target: {status}" for status in ("in_sync", "verified", "rejected", "failed")),
    } <= set(happened)


def test_a_seed_replays_exactly() -> None:
    first, again = run_seed(4), run_seed(4)
    assert first.happened == again.happened
    assert first.ended_at == again.ended_at
    assert first.last_hash == again.last_hash


@pytest.mark.parametrize("break_it", BREAKS, ids=[each.__name__ for each in BREAKS])
def test_a_break_is_caught(break_it: Break, monkeypatch: pytest.MonkeyPatch) -> None:
    break_it(monkeypatch)
    violations = (run_seed(seed).violation for seed in range(FIRST_SEEDS))
    assert any(each is not None and each.number == BREAKS[break_it] for each in violations)


def test_every_invariant_has_a_break() -> None:
    assert set(BREAKS.values()) == set(range(9))


def test_the_command_line_ends_with_a_summary_or_with_the_first_seed_that_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = CliRunner().invoke(main, ["--seeds", "2", "--from", "3"])
    assert good.exit_code == 0
    assert good.stdout.endswith("every invariant held in the seeds 3 to 4\n")
    a_secret_is_told(monkeypatch)
    bad = CliRunner().invoke(main, ["--seeds", "2", "--from", "3"])
    assert bad.exit_code == 1
    assert bad.stdout.endswith("seed 3: invariant 7: a secret is written down\n")
