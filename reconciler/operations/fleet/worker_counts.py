"""What a worker counts for its metrics, from any number of threads."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter
from contextlib import AbstractContextManager

from reconciler.adapters.metrics_port import LOOPBACK, metrics_port
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from reconciler.reports.fleet.worker_metrics import BOUNDS, WorkerCounts, worker_metrics
from reconciler.reports.openmetrics import CONTENT_TYPE


class WorkerCounter:
    """`ports.WorkerObserver` whose counts are metrics of a worker of this pool, which works on
    `concurrency` targets at most at once."""

    def __init__(self, *, pool: str, concurrency: int) -> None:
        self._pool = pool
        self._concurrency = concurrency
        self._lock = threading.Lock()
        self._in_hand = 0
        self._results: Counter[tuple[FleetAction, TargetStatus]] = Counter()
        self._durations: dict[FleetAction, Counter[float]] = {}
        self._seconds: dict[FleetAction, float] = {}

    def begun(self, task: Task) -> None:  # noqa: ARG002 - the signature of a port
        """The worker has begun a task."""
        with self._lock:
            self._in_hand += 1

    def ended(self, result: TargetResult) -> None:
        """The worker has ended a task that it had begun."""
        action, bound = result.action, BOUNDS[bisect_left(BOUNDS, result.seconds)]
        with self._lock:
            self._in_hand -= 1
            self._results[action, result.status] += 1
            self._durations.setdefault(action, Counter())[bound] += 1
            self._seconds[action] = self._seconds.get(action, 0.0) + result.seconds

    @property
    def counts(self) -> WorkerCounts:
        """The counts at this moment."""
        with self._lock:
            return WorkerCounts(
                pool=self._pool,
                concurrency=self._concurrency,
                in_hand=self._in_hand,
                results=dict(self._results),
                durations={action: dict(each) for action, each in self._durations.items()},
                seconds=dict(self._seconds),
            )

    def exposition(self) -> str:
        """The metrics at this moment, as OpenMetrics."""
        return worker_metrics(self.counts)


def serving(
    counter: WorkerCounter, *, port: int, host: str = LOOPBACK
) -> AbstractContextManager[str]:
    """Inside the block, the worker's metrics are read at this port; yields the URL. Raises
    ConfigurationError if it cannot be opened."""
    return metrics_port(counter.exposition, content_type=CONTENT_TYPE, port=port, host=host)
