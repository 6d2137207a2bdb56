"""What a controller and its workers share beside the jobs: bundles, and requests to halt."""

from __future__ import annotations

import hashlib

import pytest

from reconciler.adapters.dispatch.procrastinate import QueueBundles, QueueHalts
from reconciler.errors import LedgerError
from reconciler.model.fleet_run import FleetAction
from tests.support.clock import VirtualClock
from tests.support.postgres import CONTROLLER, WORKER
from tests.support.queue import Queue, collected, controller, hired, task


def stored(queue: Queue, content: bytes) -> str:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    QueueBundles(queue.fleet(CONTROLLER), VirtualClock()).put(digest, content)
    return digest


def test_a_worker_gets_the_very_bytes_of_a_bundle(queue: Queue) -> None:
    content = b"\x00\xff{}" * 1000
    digest = stored(queue, content)
    assert stored(queue, content) == digest
    assert QueueBundles(queue.fleet(WORKER), VirtualClock()).get(digest) == content


def test_a_bundle_that_is_not_there_is_named(queue: Queue) -> None:
    with pytest.raises(LedgerError, match="does not have the bundle sha256:0"):
        QueueBundles(queue.fleet(WORKER), VirtualClock()).get("sha256:0")


def test_a_bundle_that_was_changed_is_not_used(queue: Queue) -> None:
    digest = stored(queue, b"reviewed")
    queue.execute("update reconciler_fleet.bundle set content = 'evil'::bytea")
    with pytest.raises(LedgerError, match="was changed"):
        QueueBundles(queue.fleet(WORKER), VirtualClock()).get(digest)


def test_the_bundle_that_was_applied_last_is_remembered(queue: Queue) -> None:
    bundles = QueueBundles(queue.fleet(CONTROLLER), VirtualClock())
    first, second, planned = stored(queue, b"1"), stored(queue, b"2"), stored(queue, b"3")
    assert bundles.last_applied() is None
    with controller(queue) as dispatcher:
        dispatcher.submit(task("acme/production", bundle=planned, action=FleetAction.PLAN))
        assert bundles.last_applied() is None
        for digest in (second, first):
            dispatcher.submit(task(f"{digest}/production", bundle=digest))
            assert bundles.last_applied() == digest


def test_only_what_no_run_has_used_for_long_is_deleted(queue: Queue) -> None:
    digests = [stored(queue, content) for content in (b"unused", b"applied", b"used again")]
    queue.execute("update reconciler_fleet.bundle set stored_at = now() - '31 days'::interval")
    queue.execute(
        "update reconciler_fleet.bundle set applied_at = now() where digest = %s", digests[1]
    )
    stored(queue, b"used again")
    left = queue.execute("select digest from reconciler_fleet.bundle order by digest")
    assert left == sorted([(digests[1],), (digests[2],)])


def test_a_worker_cannot_change_what_was_reviewed(queue: Queue) -> None:
    digest = stored(queue, b"reviewed")
    for statement in (
        "update reconciler_fleet.bundle set applied_at = now()",
        "delete from reconciler_fleet.bundle",
        "insert into reconciler_fleet.bundle (digest, content) values ('x', '')",
        "insert into reconciler_fleet.halt (run_id, by) values ('x', 'y')",
    ):
        with pytest.raises(Exception, match="permission denied"):
            queue.execute(statement, role=WORKER)
    assert QueueBundles(queue.fleet(WORKER), VirtualClock()).get(digest) == b"reviewed"


def test_the_first_who_asks_for_a_halt_is_remembered(queue: Queue) -> None:
    halts = QueueHalts(queue.fleet(CONTROLLER), VirtualClock())
    assert halts.asked("run_1") is None
    for name in ("kim", "alex"):
        halts.ask("run_1", by=name)
    assert halts.asked("run_1") == "kim"
    assert halts.asked("run_2") is None


def test_a_run_that_is_to_halt_begins_nothing_more(queue: Queue) -> None:
    QueueHalts(queue.fleet(CONTROLLER), VirtualClock()).ask("run_1", by="kim")
    with hired(queue) as worker, controller(queue) as dispatcher:
        dispatcher.submit(task("acme/production"))
        (result,) = collected(dispatcher, 1)
    assert (result.status.value, result.error) == ("not_begun", "kim asked to halt this run.")
    assert worker.heard.begun_tasks == []
