"""The controller's side of the queue, whose workers the test plays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from reconciler.adapters.dispatch.procrastinate import QueueDispatcher, queue_dispatcher
from reconciler.errors import Interrupted, LedgerError
from reconciler.formats.fleet_task import result_json
from reconciler.model.event import Warned
from reconciler.model.fleet_run import FleetAction, TargetStatus, Task
from tests.support.clock import VirtualClock
from tests.support.postgres import CONTROLLER, READER
from tests.support.queue import CODEC, Heard, Queue, controller, done, task

ACME = "acme/production"


def answer(queue: Queue, given: Task, document: str = "", *, pool: str = "eu") -> None:
    """Store a result, as a worker of this pool does."""
    queue.execute("delete from procrastinate_jobs")
    queue.execute(
        "insert into reconciler_fleet.result (run_id, target, action, pool, attempts, document)"
        " values (%s, %s, %s, %s, 1, %s)",
        given.run_id,
        given.target,
        given.action.value,
        pool,
        document or result_json(done(given)),
    )


def test_a_job_holds_the_task_and_nothing_else(queue: Queue) -> None:
    given = task(ACME, origin="https://acme.example", bundle="sha256:1", reason="weekly")
    with controller(queue) as dispatcher:
        dispatcher.submit(given)
        ((arguments, name, lock),) = queue.execute(
            "select args, queue_name, lock from procrastinate_jobs"
        )
    assert CODEC.read_task(arguments, "the job") == given
    assert (name, lock) == ("eu", "https://acme.example")
    assert set(arguments) == {"version", *Task.model_fields}


def test_plans_have_a_queue_of_their_own_in_each_pool(queue: Queue) -> None:
    with controller(queue) as dispatcher:
        dispatcher.submit(task(ACME, action=FleetAction.PLAN))
        assert queue.execute("select queue_name from procrastinate_jobs") == [("eu:plan",)]


def test_the_result_of_a_worker_of_another_pool_is_not_believed(queue: Queue) -> None:
    clock = VirtualClock()
    with queue_dispatcher(
        queue.fleet(CONTROLLER), codec=CODEC, clock=clock, observer=Heard()
    ) as dispatcher:
        dispatcher.submit(task(ACME))
        answer(queue, task(ACME), pool="us")
        (result,) = dispatcher.ended(within=20)
    assert result.status is TargetStatus.FAILED
    assert "no result of it" in (result.error or "")


def test_a_task_that_waits_is_not_queued_again(queue: Queue) -> None:
    with controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        dispatcher.submit(task(ACME))
        dispatcher.submit(task(ACME, action=FleetAction.CHECK))
        assert queue.execute("select count(*) from procrastinate_jobs") == [(2,)]


def test_a_task_may_be_submitted_again_after_its_result(queue: Queue) -> None:
    given = task(ACME)
    with controller(queue) as dispatcher:
        for _ in range(2):
            dispatcher.submit(given)
            answer(queue, given)
            assert [each.name for each in dispatcher.ended(within=0)] == [ACME]
            assert dispatcher.ended(within=0) == []


def test_results_of_another_run_are_left_alone(queue: Queue) -> None:
    answer(queue, task(ACME, run="another"))
    with controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        assert dispatcher.ended(within=0) == []
    assert queue.execute("select is_taken from reconciler_fleet.result") == [(False,)]


@pytest.mark.parametrize(
    "document",
    [
        "",
        "{",
        "[]",
        json.dumps({"version": 99}),
        result_json(done(task("beta/production"))),
    ],
)
def test_a_result_that_cannot_be_used_is_a_failure(queue: Queue, document: str) -> None:
    given = task(ACME)
    with controller(queue) as dispatcher:
        dispatcher.submit(given)
        answer(queue, given, document or "\\u0000")
        (result,) = dispatcher.ended(within=0)
    assert result.status is TargetStatus.FAILED
    assert "cannot be used" in (result.error or "")


@contextmanager
def timeless(queue: Queue, clock: VirtualClock, heard: Heard) -> Iterator[QueueDispatcher]:
    """A controller that waits without time passing."""
    with queue_dispatcher(
        queue.fleet(CONTROLLER), codec=CODEC, clock=clock, observer=heard
    ) as dispatcher:
        yield dispatcher


def test_a_job_that_is_gone_without_a_result_is_a_failure(queue: Queue) -> None:
    with timeless(queue, VirtualClock(), Heard()) as dispatcher:
        dispatcher.submit(task(ACME))
        assert dispatcher.ended(within=60) == []
        queue.execute("delete from procrastinate_jobs")
        (result,) = dispatcher.ended(within=60)
        assert result.status is TargetStatus.FAILED
        assert "does not have the job" in (result.error or "")
        assert dispatcher.ended(within=60) == []


def test_a_pool_without_workers_is_named_once(queue: Queue) -> None:
    heard = Heard()
    with timeless(queue, VirtualClock(), heard) as dispatcher:
        dispatcher.submit(task(ACME))
        dispatcher.submit(task("beta/production"))
        dispatcher.ended(within=60)
        queue.execute(
            "insert into reconciler_fleet.worker (id, pool, about, concurrency, in_hand)"
            " values (1, 'eu', '', 1, 0)"
        )
        dispatcher.submit(task("gamma/production", pool="us"))
        dispatcher.ended(within=60)
    first, second = (each.message for each in heard.events if isinstance(each, Warned))
    assert "--pool eu" in first
    assert "--pool us" in second


def test_waiting_for_results_can_be_interrupted(queue: Queue) -> None:
    clock = VirtualClock()
    with timeless(queue, clock, Heard()) as dispatcher:
        dispatcher.submit(task(ACME))
        clock.interrupt_after(5)
        with pytest.raises(Interrupted):
            dispatcher.ended(within=60)
        assert dispatcher.withdraw() == [ACME]


def test_a_role_without_rights_is_told_so(queue: Queue) -> None:
    database = queue.fleet(READER)
    with (
        pytest.raises(LedgerError, match="permission denied") as caught,
        queue_dispatcher(database, codec=CODEC, clock=VirtualClock(), observer=Heard()),
    ):
        pass
    assert "reconciler fleet init" in caught.value.hint
