"""What `make bench` compares is the same work."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.benchmarks.plan import PLAN, project, zone
from tests.benchmarks.process import cost


def test_of_a_hundred_slots_eight_are_updated_one_is_created_and_one_deleted() -> None:
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


def test_and_so_are_a_hundred_records() -> None:
    with zone(100) as made:
        source, target = (
            yaml.safe_load((made.folder / name / "example.com.yaml").read_text(encoding="utf-8"))
            for name in ("source", "target")
        )
    both = source.keys() & target.keys()
    assert len(source.keys() - target.keys()) == len(target.keys() - source.keys()) == 1
    assert sum(source[each] != target[each] for each in both) == 8
    assert len(both) == 98


def test_a_process_costs_what_it_does(tmp_path: Path) -> None:
    # On Linux a child's peak begins with the size of the process that it was forked from.
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    small = cost("python3", "-c", "pass", folder=tmp_path)
    large = cost("python3", "-c", f"b'x' * {own + 200_000_000}", folder=tmp_path)
    assert small.peak + 100_000_000 < large.peak


def test_a_process_that_fails_costs_nothing_that_can_be_compared(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        cost("python3", "-c", "raise SystemExit(3)", folder=tmp_path)
