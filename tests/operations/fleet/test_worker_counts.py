"""What a worker counts, from many threads, read over a real socket."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from reconciler.model.fleet_run import FleetAction, TargetStatus, Task
from reconciler.operations.fleet.worker_counts import WorkerCounter, serving
from reconciler.reports.fleet.worker_metrics import FAMILIES
from reconciler.reports.openmetrics import CONTENT_TYPE
from tests.support.fleet_chain import result
from tests.support.metrics import families_in

TASK = Task(run_id="run_1", action=FleetAction.APPLY, target="a/live")


def values(text: str) -> dict[tuple[str, ...], float]:
    families = families_in(text)
    assert [each.name for each in families] == [each.name for each in FAMILIES]
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_targets_in_hand_and_results_are_counted() -> None:
    counter = WorkerCounter(pool="eu", concurrency=500)
    for _ in range(3):
        counter.begun(TASK)
    counter.ended(result("a/live", seconds=61))
    counter.ended(result("b/live", TargetStatus.REJECTED, seconds=0.5))
    read = values(counter.exposition())
    assert read["reconciler_fleet_worker_in_hand", "eu"] == 1
    assert read["reconciler_fleet_worker_concurrency", "eu"] == 500
    assert read["reconciler_fleet_worker_results_total", "apply", "verified"] == 1
    assert read["reconciler_fleet_worker_results_total", "apply", "rejected"] == 1


def test_durations_are_counted_up_to_their_bounds_inclusively() -> None:
    counter = WorkerCounter(pool="eu", concurrency=1)
    for seconds in (0.5, 60, 61, 99_999):
        counter.begun(TASK)
        counter.ended(result("a/live", seconds=seconds))
    read = values(counter.exposition())
    name = "reconciler_fleet_worker_target_seconds"
    assert read[f"{name}_bucket", "apply", "1.0"] == 1
    assert read[f"{name}_bucket", "apply", "60.0"] == 2
    assert read[f"{name}_bucket", "apply", "120.0"] == 3
    assert read[f"{name}_bucket", "apply", "+Inf"] == 4
    assert read[f"{name}_sum", "apply"] == 100_120.5


def test_no_count_is_lost_between_threads_or_while_it_is_read() -> None:
    counter = WorkerCounter(pool="eu", concurrency=8)

    def work(_number: int) -> None:
        counter.begun(TASK)
        counter.exposition()
        counter.ended(result("a/live"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(400)))
    read = values(counter.exposition())
    assert read["reconciler_fleet_worker_in_hand", "eu"] == 0
    assert read["reconciler_fleet_worker_results_total", "apply", "verified"] == 400


def test_its_port_serves_them_as_openmetrics() -> None:
    counter = WorkerCounter(pool="eu", concurrency=1)
    with serving(counter, port=0) as url:
        counter.begun(TASK)
        answer = httpx.get(url)
    assert answer.headers["content-type"] == CONTENT_TYPE
    assert values(answer.text)["reconciler_fleet_worker_in_hand", "eu"] == 1
