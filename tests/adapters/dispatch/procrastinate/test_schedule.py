"""What workers do without a run, when its minute comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone

from reconciler.adapters.dispatch.procrastinate import UnreachableError
from reconciler.model.fleet_run import FleetAction, Task
from tests.support.queue import HASTY, Queue, await_, call_schedule, hired, task

ACME = task("acme/production", run="drift", action=FleetAction.DRIFT, fence=0)
MINUTE = datetime(2026, 5, 4, 3, 2, tzinfo=timezone.utc)
RESULTS = "select run_id, target from reconciler_fleet.result"


class Asked:
    """The minutes for which somebody asked what was due: the same each time. The first so many
    times the database is away."""

    def __init__(self, *tasks: Task, away: int = 0) -> None:
        self.minutes: list[datetime] = []
        self._tasks = tasks
        self._away = away

    def __call__(self, minute: datetime) -> Sequence[Task]:
        self.minutes.append(minute)
        if len(self.minutes) <= self._away:
            raise UnreachableError("The queue cannot be reached.")
        return self._tasks


def test_one_worker_of_a_pool_queues_what_is_due_in_a_minute(queue: Queue) -> None:
    due = Asked(ACME)
    with hired(queue, due=due, is_led=lambda _: False), hired(queue, due=due):
        await_(lambda: queue.execute(RESULTS))
        await_(lambda: queue.execute("select count(*) from reconciler_fleet.worker") == [(2,)])
    assert queue.execute(RESULTS) == [(ACME.run_id, ACME.target)]
    assert len(due.minutes) == len(set(due.minutes))
    assert {(each.second, each.tzinfo) for each in due.minutes} == {(0, timezone.utc)}


def test_each_pool_has_a_schedule(queue: Queue) -> None:
    european, american = Asked(), Asked()
    with hired(queue, due=european), hired(queue, pool="us", due=american):
        await_(lambda: european.minutes and american.minutes)


def test_what_waits_since_it_was_due_before_is_not_queued_again(queue: Queue) -> None:
    elsewhere = ACME.model_copy(update={"pool": "nowhere"})
    due = Asked(elsewhere)
    with hired(queue, due=due):
        call_schedule(queue, MINUTE)
        await_(lambda: len(due.minutes) > 1)
    waiting = (
        "select queue_name, priority from procrastinate_jobs where queue_name not like '%:ops'"
    )
    assert queue.execute(waiting) == [("nowhere", -10)]


def test_what_could_not_be_queued_because_the_database_was_away_is_queued_later(
    queue: Queue,
) -> None:
    due = Asked(ACME, away=1)
    with hired(queue, due=due):
        await_(lambda: queue.execute("select 1 from procrastinate_jobs where attempts = 1"))
        queue.execute("update procrastinate_jobs set scheduled_at = null")
        await_(lambda: queue.execute(RESULTS))
    assert due.minutes[0] == due.minutes[1]


def test_what_a_dead_worker_was_to_queue_is_queued_by_another(queue: Queue) -> None:
    call_schedule(queue, MINUTE)
    queue.execute(
        "insert into procrastinate_workers (last_heartbeat) values (now() - '1 h'::interval)"
    )
    queue.execute(
        "update procrastinate_jobs set status = 'doing',"
        " worker_id = (select max(id) from procrastinate_workers)"
    )
    due = Asked(ACME)
    with hired(queue, due=due):
        await_(lambda: MINUTE in due.minutes)


def test_a_schedule_keeps_no_worker_that_ends_when_it_is_idle(queue: Queue) -> None:
    due = Asked(away=1_000_000)  # so the schedule waits to try again, for ever
    with hired(queue, due=due, until_idle=True, is_led=lambda _: False, pace=HASTY) as worker:
        worker.join()
    assert due.minutes


def test_a_worker_that_must_not_queue_anything_has_no_schedule(queue: Queue) -> None:
    with hired(queue):
        await_(lambda: queue.execute("select 1 from reconciler_fleet.worker"))
    assert not queue.execute("select 1 from procrastinate_periodic_defers")
