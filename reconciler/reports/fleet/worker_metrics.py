"""What one worker does, as metrics: its port serves them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.fleet_run import FleetAction, TargetStatus
from reconciler.reports.openmetrics import Family, Sample, buckets, exposition

IN_HAND = Family(
    "reconciler_fleet_worker_in_hand",
    "gauge",
    "Targets that this worker works on now.",
    labels=("pool",),
)
CONCURRENCY = Family(
    "reconciler_fleet_worker_concurrency",
    "gauge",
    "Targets that this worker works on at most at once.",
    labels=("pool",),
)
RESULTS = Family(
    "reconciler_fleet_worker_results",
    "counter",
    "Targets that this worker has ended, by what was done and how that ended.",
    labels=("action", "status"),
)
SECONDS = Family(
    "reconciler_fleet_worker_target_seconds",
    "histogram",
    "How long this worker took for a target.",
    unit="seconds",
    labels=("action",),
)
FAMILIES = (IN_HAND, CONCURRENCY, RESULTS, SECONDS)
"""All of them, in the order in which they are printed."""
BOUNDS = (1, 5, 15, 30, 60, 120, 300, 600, 1800, 3600, math.inf)
"""Seconds. A drift check takes a few; an apply waits for each of its gates."""


@dataclass(frozen=True)
class WorkerCounts:
    """What a worker of this pool has done. `results` counts targets by what was done and how that
    ended, `durations` those of each action by the upper bound of their seconds, of which `seconds`
    is the sum."""

    pool: str
    concurrency: int
    in_hand: int
    results: Mapping[tuple[FleetAction, TargetStatus], int]
    durations: Mapping[FleetAction, Mapping[float, int]]
    seconds: Mapping[FleetAction, float]


def worker_metrics(counts: WorkerCounts) -> str:
    """The metrics of a worker, as OpenMetrics."""
    results = [
        RESULTS.sample(number, action=action.value, status=status.value)
        for (action, status), number in sorted(counts.results.items())
    ]
    durations = [
        sample
        for action in sorted(counts.durations)
        for sample in buckets(
            {bound: counts.durations[action].get(bound, 0) for bound in BOUNDS},
            total=counts.seconds[action],
            labels={"action": action.value},
        )
    ]
    samples: dict[Family, list[Sample]] = {
        IN_HAND: [IN_HAND.sample(counts.in_hand, pool=counts.pool)],
        CONCURRENCY: [CONCURRENCY.sample(counts.concurrency, pool=counts.pool)],
        RESULTS: results,
        SECONDS: durations,
    }
    return exposition((family, samples[family]) for family in FAMILIES)
