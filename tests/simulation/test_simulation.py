"""Every invariant holds at every step of thousands of seeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.model.outcome import Status
from tests.simulation.__main__ import main
from tests.simulation.checks import require_no_violation, require_same_trace
from tests.simulation.fuse import Ending
from tests.simulation.scenario import Files, Staleness
from tests.simulation.subjects import SUBJECTS, draw_api
from tests.simulation.v1 import scenario as v1
from tests.simulation.v2 import scenario as v2
from tests.simulation.v2.background import MISHAPS
from tests.support.events import EVENTS

SEEDS = {"cognigy-v1": 2_000, "cognigy-v2": 500}
SEEDS_A_TEST = 50

OF_EITHER = frozenset(
    {
        *(f"outcome: {status.value}" for status in Status if status is not Status.INCONCLUSIVE),
        *(
            f"{ending.value}: {where}"
            for ending in Ending
            for where in (
                "before a request",
                "after a request",
                "before a line",
                "in the middle of a line",
                "after a line",
                "in a wait",
            )
        ),
        *(f"declined: {what}" for what in ("recovery", "plan")),
        *(f"files: {files.value}" for files in Files if files is not Files.AS_DESIRED),
        *(f"saved plan, and then {staleness.value}" for staleness in Staleness),
        *(f"exit code: {code}" for code in (0, 1, 3, 4, 130)),
        *(
            f"event: {event}" for event in EVENTS if event != "webhook_failed"
        ),  # the simulation has no webhook
        *(f"recovered: {finding}" for finding in ("stored", "not_stored", "foreign")),
        *(f"others: {act}" for act in ("edit", "create", "delete", "overwritten in the window")),
        "recovered",
        "rejected earlier",
        "interrupted",
        "disk full",
        "write repeated",
        "way cleared",
        "compared with an undisturbed run",
        "tried again with --retry-failed",
        "run, not judged",
        "refused: StalePlanError",
        "refused: protected",
        "protection recorded alone",
        "protection lifted",
    }
)
OF_ONE = {
    "cognigy-v1": {
        *(f"fault: {fault.value}" for fault in v1.FAULTS),
        "declined: plan after recovery",
        "outcome: inconclusive",
        "refused by ETag",
        "refused: ConfigurationError",
    },
    "cognigy-v2": {
        *(f"fault: {fault.value}" for fault in v2.FAULTS),
        *(f"{kind}: {mishap}" for kind, mishaps in MISHAPS.items() for mishap in mishaps),
        "deleted, but not trained",
    },
}
"""What must happen in these seeds, so that the simulation cannot become vacuous unnoticed."""


@pytest.fixture
def counted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all the processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "simulation"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.parametrize(
    ("api", "first"),
    [(api, first) for api, seeds in SEEDS.items() for first in range(0, seeds, SEEDS_A_TEST)],
)
def test_every_invariant_holds_and_all_seeds_together_show_everything(
    counted: Path, api: str, first: int
) -> None:
    occurred = require_no_violation(range(first, first + SEEDS_A_TEST), api=api)
    part = counted / f"{api}-{first}.part"
    part.write_text(json.dumps(sorted(occurred)))
    part.rename(part.with_suffix(".json"))
    every = list(counted.glob(f"{api}-*.json"))
    if len(every) * SEEDS_A_TEST == SEEDS[api]:  # whichever test is the last to end
        shown = {kind for each in every for kind in json.loads(each.read_text())}
        assert (OF_EITHER | OF_ONE[api]) - shown == set()


@pytest.mark.parametrize("api", SUBJECTS)
def test_a_seed_replays_exactly(tmp_path: Path, api: str) -> None:
    require_same_trace(11, tmp_path, api=api)


def test_a_seed_replays_from_the_command_line_with_any_hash_seed() -> None:
    def trace(hash_seed: str) -> str:
        return subprocess.run(
            [sys.executable, "-m", "tests.simulation", "--seed", "7", "--trace"],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
        ).stdout

    assert "request" in trace("1")
    assert trace("1") == trace("2")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_the_command_line_ends_with_a_summary(workers: str) -> None:
    result = CliRunner().invoke(main, ["--seeds", "5", "--from", "3", "--workers", workers])
    assert result.exit_code == 0
    assert "event: run_started" in result.stdout
    assert result.stdout.endswith("every invariant held in the seeds 3 to 7\n")


def test_a_seed_draws_its_api_and_either_can_be_asked_for() -> None:
    first = {draw_api(seed): seed for seed in reversed(range(20))}
    assert set(first) == set(SUBJECTS)
    for api, seed in first.items():
        (other,) = SUBJECTS.keys() - {api}
        assert replay(seed) == replay(seed, "--api", api)
        assert replay(seed) != replay(seed, "--api", other)


def replay(seed: int, *options: str) -> str:
    """What the command line prints for one seed."""
    result = CliRunner().invoke(main, ["--seed", str(seed), "--trace", *options])
    assert result.exit_code == 0
    return result.stdout
