"""Both sides of `make bench` do the same work."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.benchmarks.plan import PLAN, project, zone
from tests.benchmarks.process import cost


def test_eight_of_a_hundred_slots_are_updated_one_is_created_and_one_is_deleted() -> None:
    with project(100) as made:
        done = subprocess.run(  # noqa: S603 - our own command
            [*PLAN, "--format", "json"],
            cwd=made.folder,
            env=made.variables,
            capture_output=True,
            check=True,
            timeout=60,
        )
    summary = json.loads(done.stdout)["summary"]
    assert (summary["update"], summary["create"], summary["delete"]) == (8, 1, 1)
    assert summary["unchanged"] == 90


def test_the_same_share_of_a_hundred_records_differs() -> None:
    with zone(100) as made:
        source, target = (
            yaml.safe_load((made.folder / name / "example.com.yaml").read_text(encoding="utf-8"))
            for name in ("source", "target")
        )
    both = source.keys() & target.keys()
    assert len(source.keys() - target.keys()) == len(target.keys() - source.keys()) == 1
    assert sum(source[each] != target[each] for each in both) == 8
    assert len(both) == 98


def test_the_cost_of_a_process_grows_with_its_work(tmp_path: Path) -> None:
    # On Linux, the peak of a child starts with the size of its parent.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    small = cost("python3", "-c", "pass", folder=tmp_path)
    large = cost("python3", "-c", f"b'x' * {own + 200_000_000}", folder=tmp_path)
    assert small.peak + 100_000_000 < large.peak


def test_a_process_that_fails_has_no_cost(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        cost("python3", "-c", "raise SystemExit(3)", folder=tmp_path)
