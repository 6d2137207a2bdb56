"""The cost of one process, from its start to its end."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_MAXRSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""The unit of `ru_maxrss`."""


@dataclass(frozen=True)
class Cost:
    """`cpu` and `wall` in seconds, `peak` resident memory in bytes."""

    cpu: float
    wall: float
    peak: int


def cost(*command: str, folder: Path, variables: Mapping[str, str] | None = None) -> Cost:
    """Run `command` in `folder`, silently, with only these environment variables, or with ours if
    they are None.

    Raises CalledProcessError if it fails.
    """
    begun = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own commands
        command,
        cwd=folder,
        env=variables,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # For this child alone; getrusage returns the peak over all our children.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Cost(
        cpu=usage.ru_utime + usage.ru_stime, wall=wall, peak=usage.ru_maxrss * _MAXRSS_BYTES
    )


def typical(costs: Iterable[Cost]) -> Cost:
    """The median of each number separately."""
    rounds = tuple(costs)
    return Cost(
        cpu=statistics.median(each.cpu for each in rounds),
        wall=statistics.median(each.wall for each in rounds),
        peak=int(statistics.median(each.peak for each in rounds)),
    )
