"""What the tests of a simulation check, whichever API it is of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.simulation.runner import run_seed, temporary_folder


def require_no_violation(seeds: Iterable[int], *, api: str) -> Counter[str]:
    """Fail at the first seed that breaks an invariant; returns what happened in all of them."""
    occurred: Counter[str] = Counter()
    with temporary_folder() as folder:
        for seed in seeds:
            result = run_seed(seed, folder, api=api)
            if result.violation is not None:
                pytest.fail(str(result), pytrace=False)
            occurred.update(result.counts)
    return occurred


def require_same_trace(seed: int, folder: Path, *, api: str) -> None:
    """Fail unless the seed replays exactly, in different folders."""
    traces = []
    for name in ("once", "again"):
        apart = folder / name
        apart.mkdir()
        traces.append(run_seed(seed, apart, api=api, traced=True).trace)
    assert traces[0] == traces[1]
    assert "request" in traces[0]


def require_caught(seeds: Iterable[int], *, api: str, number: int) -> None:
    """Fail unless one of the seeds breaks the invariant of this number."""
    found: set[int] = set()
    with temporary_folder() as folder:
        for seed in seeds:
            violation = run_seed(seed, folder, api=api).violation
            if violation is not None:
                found.add(violation.number)
            if number in found:
                return
    pytest.fail(f"not caught as invariant {number}, but as {found or 'none'}")
