"""A controller and workers that share a real queue."""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import datetime, timezone

import pytest

from reconciler.adapters.dispatch.procrastinate import Pace, UnreachableError
from reconciler.adapters.stopping import Stop
from reconciler.errors import LedgerError
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from tests.support.cutting import Cut, cutting
from tests.support.postgres import PLANNER, READER, WORKER
from tests.support.queue import (
    HASTY,
    LONG,
    Queue,
    await_,
    call_schedule,
    collected,
    controller,
    done,
    hired,
    task,
)

ACME, BETA = "acme/production", "beta/production"
SOON = Pace(heartbeat=0.1, stalled=LONG, held=LONG, held_pause=0.05, poll=0.05, idle=0.2)


class Bench:
    """Work that ends when it is let go, or asked to stop."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._free: set[str] = set()
        self.begun: list[str] = []
        self.together: dict[str, set[str]] = defaultdict(set)
        self._in_hand: list[str] = []

    def work(self, given: Task, stop: Stop) -> TargetResult:
        name = given.target
        with self._changed:
            self.begun.append(name)
            self._in_hand.append(name)
            for each in self._in_hand:
                self.together[each].update(self._in_hand)
            self._changed.notify_all()
            while name not in self._free and not stop.is_asked:
                self._changed.wait(0.01)
            self._in_hand.remove(name)
            interrupted = name not in self._free
        return done(given, TargetStatus.INTERRUPTED if interrupted else TargetStatus.VERIFIED)

    def let_go(self, *names: str) -> None:
        with self._changed:
            self._free.update(names)
            self._changed.notify_all()

    def await_begun(self, name: str, *, times: int = 1) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.begun.count(name) >= times, LONG)


def test_each_task_ends_with_one_result(queue: Queue, folder: str) -> None:
    names = [f"tenant_{number}/production" for number in range(7)]
    with hired(queue, folder=folder) as worker, controller(queue, folder=folder) as dispatcher:
        for name in names:
            dispatcher.submit(task(name))
        results = collected(dispatcher, len(names))
        assert dispatcher.ended(within=0) == []
    assert sorted(each.name for each in results) == names
    assert {each.attempts for each in results} == {1}
    assert sorted(each.target for each in worker.heard.begun_tasks) == names
    assert queue.execute("select count(*) from procrastinate_jobs") == [(0,)]
    assert queue.execute("select count(*) from reconciler_fleet.worker") == [(0,)]


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize(
    "text",
    [
        b"procrastinate_defer_jobs_v1",
        b"procrastinate_fetch_job_v2",
        b"insert into reconciler_fleet.result",
        b"procrastinate_finish_job_v1",
        b"select target, action, pool, document",
    ],
)
def test_a_statement_whose_answer_is_lost_loses_no_result_and_doubles_none(
    queue: Queue, text: bytes, cut: Cut
) -> None:
    names = [f"tenant_{number}/production" for number in range(4)]
    with cutting(queue.server, text=text) as cutter:
        folder = str(cutter.folder)
        with hired(queue, folder=folder), controller(queue, folder=folder) as dispatcher:
            cutter.cuts[:] = [cut] * 3
            for name in names:
                dispatcher.submit(task(name))
            results = collected(dispatcher, len(names))
            await_(lambda: not queue.execute("select 1 from procrastinate_jobs"))
            assert dispatcher.ended(within=0) == []
        assert cutter.made == 3
    assert sorted(each.name for each in results) == names
    assert {each.status for each in results} == {TargetStatus.VERIFIED}


def test_two_tasks_on_one_origin_are_never_worked_on_at_once(queue: Queue) -> None:
    bench = Bench()
    first, second, other = "acme/staging", ACME, BETA
    with hired(queue, bench.work, concurrency=3), controller(queue) as dispatcher:
        for name in (first, second):
            dispatcher.submit(task(name, origin="https://acme.example"))
        dispatcher.submit(task(other, origin="https://beta.example"))
        bench.await_begun(first)
        bench.await_begun(other)  # so the one before it was passed over
        assert queue.execute(
            "select args ->> 'target' from procrastinate_jobs where status = 'todo'"
        ) == [(second,)]
        bench.let_go(first, second, other)
        collected(dispatcher, 3)
    assert bench.begun.count(second) == 1
    assert second not in bench.together[first]
    assert other in bench.together[first]


def test_a_scheduled_check_and_an_apply_on_one_origin_take_turns_whichever_worker_has_them(
    queue: Queue,
) -> None:
    bench, due, origin = Bench(), list[Task](), "https://acme.example"
    check = task("acme/staging", run="drift-1", action=FleetAction.DRIFT, origin=origin)
    later, others = "acme/test", ("beta/production", "beta/test")

    def waiting() -> list[tuple[str]]:
        return queue.execute(
            "select args ->> 'target' from procrastinate_jobs"
            " where status = 'todo' and task_name = 'reconciler.target'"
        )

    with (
        hired(queue, bench.work, due=lambda _: tuple(due)),
        hired(queue, bench.work, due=lambda _: tuple(due)),
        controller(queue) as dispatcher,
    ):
        dispatcher.submit(task(ACME, origin=origin))
        bench.await_begun(ACME)
        due.append(check)
        call_schedule(queue, datetime(2026, 3, 2, 9, tzinfo=timezone.utc))
        await_(waiting)
        dispatcher.submit(task(others[0]))
        bench.await_begun(others[0])  # so the check was passed over
        assert waiting() == [(check.target,)]
        due.clear()
        bench.let_go(ACME)
        bench.await_begun(check.target)
        dispatcher.submit(task(later, origin=origin))
        dispatcher.submit(task(others[1]))
        bench.await_begun(others[1])
        assert waiting() == [(later,)]
        bench.let_go(check.target, later, *others)
        collected(dispatcher, 4)
    assert all(
        bench.together[each] & {ACME, check.target, later} == {each}
        for each in (ACME, check.target, later)
    )


def test_a_worker_takes_only_the_jobs_of_its_pool(queue: Queue) -> None:
    with hired(queue, pool="us") as other, controller(queue) as dispatcher:
        dispatcher.submit(task(ACME, pool="eu"))
        dispatcher.submit(task(BETA, pool="us"))
        assert [each.name for each in collected(dispatcher, 1)] == [BETA]
        with hired(queue, pool="eu"):
            assert [each.name for each in collected(dispatcher, 1)] == [ACME]
    assert [each.target for each in other.heard.begun_tasks] == [BETA]


def test_what_no_worker_has_begun_is_withdrawn(queue: Queue) -> None:
    bench = Bench()
    with hired(queue, bench.work, concurrency=1), controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        bench.await_begun(ACME)
        dispatcher.submit(task(BETA))
        assert dispatcher.withdraw() == [BETA]
        assert dispatcher.withdraw() == []
        bench.let_go(ACME, BETA)
        assert [each.name for each in collected(dispatcher, 1)] == [ACME]
    assert bench.begun == [ACME]


def test_an_ending_controller_takes_back_what_no_worker_has_begun(queue: Queue) -> None:
    with controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
    assert queue.execute("select count(*) from procrastinate_jobs") == [(0,)]


def test_those_in_hand_end_early_when_the_controller_asks_for_it(queue: Queue) -> None:
    bench = Bench()
    with hired(queue, bench.work), controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        bench.await_begun(ACME)
        dispatcher.stop()
        (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.INTERRUPTED
    assert bench.begun == [ACME]


def test_a_job_that_a_stopping_worker_interrupts_is_ended_by_another(queue: Queue) -> None:
    bench = Bench()
    with controller(queue) as dispatcher:
        with hired(queue, bench.work) as first:
            dispatcher.submit(task(ACME))
            bench.await_begun(ACME)
            first.stop.ask()
            first.join()
            assert dispatcher.ended(within=0) == []
        bench.let_go(ACME)
        with hired(queue, bench.work):
            (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.VERIFIED
    assert result.attempts == 2


@pytest.mark.parametrize("action", [FleetAction.APPLY, FleetAction.CHECK])
def test_without_a_controller_nothing_new_begins(queue: Queue, action: FleetAction) -> None:
    asked: list[int | None] = []

    def is_led(fence: int | None) -> bool:
        asked.append(fence)
        return False

    with hired(queue, is_led=is_led) as worker, controller(queue) as dispatcher:
        dispatcher.submit(task(ACME, action=action, fence=7))
        (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.NOT_BEGUN
    assert asked == [7]
    assert worker.heard.begun_tasks == []


@pytest.mark.parametrize("action", [FleetAction.PLAN, FleetAction.DRIFT])
def test_what_changes_nothing_needs_no_controller(queue: Queue, action: FleetAction) -> None:
    with hired(queue, is_led=lambda _: False), controller(queue) as dispatcher:
        dispatcher.submit(task(ACME, action=action, fence=0))
        (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.VERIFIED


def test_a_worker_that_only_plans_is_given_plans_and_does_nothing_else(queue: Queue) -> None:
    only = frozenset({FleetAction.PLAN})
    with (
        hired(queue, role=PLANNER, only=only) as planner,
        controller(queue) as dispatcher,
    ):
        dispatcher.submit(task(ACME, action=FleetAction.PLAN))
        assert collected(dispatcher, 1)[0].status is TargetStatus.VERIFIED
        dispatcher.submit(task(BETA))
        queue.execute("update procrastinate_jobs set queue_name = 'eu:plan'")
        (refused,) = collected(dispatcher, 1)
    assert refused.status is TargetStatus.FAILED
    assert "only plans" in (refused.error or "")
    assert [each.target for each in planner.heard.begun_tasks] == [ACME]


def test_a_tenant_that_is_held_is_tried_again(queue: Queue) -> None:
    tries: list[str] = []

    def held_twice(given: Task, _: Stop) -> TargetResult:
        tries.append(given.target)
        return done(given, TargetStatus.HELD if len(tries) < 3 else TargetStatus.VERIFIED)

    with hired(queue, held_twice), controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        (result,) = collected(dispatcher, 1)
    assert (result.status, result.attempts, len(tries)) == (TargetStatus.VERIFIED, 1, 3)


def test_a_tenant_that_stays_held_is_reported_in_the_end(queue: Queue) -> None:
    pace = Pace(heartbeat=0.1, stalled=LONG, held=0.2, held_pause=0.05, poll=0.05)

    def held(given: Task, _: Stop) -> TargetResult:
        return done(given, TargetStatus.HELD)

    with hired(queue, held, pace=pace), controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        assert collected(dispatcher, 1)[0].status is TargetStatus.HELD


def test_a_job_that_goes_back_to_the_queue_is_not_in_hand_any_more(queue: Queue) -> None:
    outages = [UnreachableError("The ledger cannot be reached.", hint="")]

    def once_away(given: Task, _: Stop) -> TargetResult:
        if outages:
            raise outages.pop()
        return done(given)

    with hired(queue, once_away) as worker, controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        assert collected(dispatcher, 1)[0].attempts == 2
    assert [each.status for each in worker.heard.ended_results] == [
        TargetStatus.INTERRUPTED,
        TargetStatus.VERIFIED,
    ]
    assert len(worker.heard.begun_tasks) == 2


def test_the_jobs_of_a_dead_worker_are_done_by_another(queue: Queue, folder: str) -> None:
    with controller(queue, folder=folder) as dispatcher:
        dispatcher.submit(task(ACME))
        _give_to_a_dead_worker(queue)
        with hired(queue, folder=folder):
            (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.VERIFIED
    assert result.attempts == 2


def test_a_target_that_kills_its_workers_is_given_up(queue: Queue) -> None:
    with controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        _give_to_a_dead_worker(queue, attempts=HASTY.most_lost - 1)
        with hired(queue) as worker:
            (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.FAILED
    assert "5 workers have begun this target" in (result.error or "")
    assert worker.heard.begun_tasks == []


def test_a_target_is_not_given_up_for_workers_that_end_in_good_order(
    queue: Queue, folder: str
) -> None:
    bench, restarts = Bench(), HASTY.most_lost + 2
    with controller(queue, folder=folder) as dispatcher:
        dispatcher.submit(task(ACME))
        for number in range(restarts):
            with hired(queue, bench.work, folder=folder):
                bench.await_begun(ACME, times=number + 1)
        bench.let_go(ACME)
        with hired(queue, bench.work, folder=folder):
            (result,) = collected(dispatcher, 1)
    assert (result.status, result.attempts) == (TargetStatus.VERIFIED, restarts + 1)


def test_workers_that_die_count_beside_those_that_end_in_good_order(queue: Queue) -> None:
    bench = Bench()
    with controller(queue) as dispatcher:
        dispatcher.submit(task(ACME))
        with hired(queue, bench.work):
            bench.await_begun(ACME)
        _give_to_a_dead_worker(queue, attempts=HASTY.most_lost)
        with hired(queue, bench.work):
            (result,) = collected(dispatcher, 1)
    assert result.status is TargetStatus.FAILED
    assert "5 workers have begun this target" in (result.error or "")
    assert bench.begun == [ACME]


def test_the_result_of_a_worker_that_was_given_up_is_not_heard(queue: Queue) -> None:
    zombie, successor = Bench(), Bench()
    with controller(queue) as dispatcher, hired(queue, zombie.work, concurrency=1, pace=SOON):
        dispatcher.submit(task(ACME))
        zombie.await_begun(ACME)
        (job,) = queue.execute("select id from procrastinate_jobs")[0]
        with hired(queue, successor.work, concurrency=1):
            queue.execute(f"select procrastinate_retry_job_v2({job}, now(), null, null, null)")
            successor.await_begun(ACME)
            zombie.let_go(ACME)
            assert dispatcher.ended(within=1) == []
            successor.let_go(ACME)
            (result,) = collected(dispatcher, 1)
    assert result.attempts == 2


def test_a_job_that_a_worker_did_not_learn_of_is_done_after_all(queue: Queue) -> None:
    with controller(queue) as dispatcher, hired(queue):
        await_(lambda: queue.execute("select id from reconciler_fleet.worker"))
        rows = queue.execute("select id from reconciler_fleet.worker")
        dispatcher.submit(task(ACME, pool="nowhere"))
        queue.execute(
            "update procrastinate_jobs set status = 'doing', queue_name = 'eu', worker_id = %s",
            rows[0][0],
        )
        assert collected(dispatcher, 1)[0].attempts == 2


def test_a_worker_that_was_given_up_while_it_did_not_answer_begins_again(queue: Queue) -> None:
    with controller(queue) as dispatcher, hired(queue) as worker:
        dispatcher.submit(task(ACME))
        collected(dispatcher, 1)
        queue.execute("delete from procrastinate_workers")
        dispatcher.submit(task(BETA))
        assert collected(dispatcher, 1)[0].name == BETA
    assert worker.warnings == []


def test_a_worker_ends_once_nothing_is_to_be_done_and_no_controller_lives(queue: Queue) -> None:
    is_led = threading.Event()
    is_led.set()
    asked = threading.Semaphore(0)

    def led(_: int | None) -> bool:
        asked.release()
        return is_led.is_set()

    with (
        controller(queue) as dispatcher,
        hired(queue, until_idle=True, is_led=led, pace=SOON) as worker,
    ):
        dispatcher.submit(task(ACME))
        collected(dispatcher, 1)
        for _ in range(5):
            assert asked.acquire(timeout=LONG)
        assert worker.thread.is_alive()
        is_led.clear()
        worker.join()


def test_a_worker_that_may_not_use_the_queue_says_so(queue: Queue) -> None:
    with pytest.raises(LedgerError, match="refused"), hired(queue, role=READER):
        pass


def test_a_worker_holds_no_connection_for_a_target_in_hand(queue: Queue) -> None:
    bench = Bench()
    names = [f"tenant_{number}/production" for number in range(8)]
    with hired(queue, bench.work, concurrency=8), controller(queue) as dispatcher:
        for name in names:
            dispatcher.submit(task(name))
        for name in names:
            bench.await_begun(name)
        ((connections,),) = queue.execute(
            "select count(*) from pg_stat_activity where usename = %s", WORKER
        )
        bench.let_go(*names)
        collected(dispatcher, len(names))
    assert connections <= 5


def _is_registered_twice(queue: Queue) -> bool:
    return queue.execute("select count(*) from reconciler_fleet.worker") == [(2,)]


def _give_to_a_dead_worker(queue: Queue, *, attempts: int = 0) -> None:
    queue.execute(
        "insert into procrastinate_workers (last_heartbeat) values (now() - '1 h'::interval)"
    )
    queue.execute(
        "update procrastinate_jobs set status = 'doing', attempts = %s,"
        " worker_id = (select max(id) from procrastinate_workers)",
        attempts,
    )
