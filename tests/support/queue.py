"""The queue of a fleet on a private PostgreSQL server, and workers in threads of the test."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import psycopg

from reconciler.adapters.clock import SystemClock, ThreadClock
from reconciler.adapters.dispatch.procrastinate import (
    Codec,
    Duty,
    Pace,
    Post,
    QueueDispatcher,
    QueueWorker,
    grants,
    initialise,
    queue_dispatcher,
)
from reconciler.adapters.dispatch.procrastinate.schedule import ops_of
from reconciler.adapters.ledger import postgres as ledger
from reconciler.adapters.stopping import Stop
from reconciler.config.database import fleet_database
from reconciler.formats.fleet_task import parsed_result, parsed_task, result_json, task_json
from reconciler.model.access import FleetDatabase
from reconciler.model.fleet_event import FleetEvent
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from tests.support.postgres import (
    CONTROLLER,
    OWNER,
    PLANNER,
    READER,
    WORKER,
    Database,
    Server,
)

LONG = 60.0
"""Seconds in which anything that does not hang has happened."""
TASKS = "select 1 from procrastinate_jobs where task_name = 'reconciler.target'"
HASTY = Pace(heartbeat=0.2, stalled=1.0, held=LONG, held_pause=0.1, poll=0.1, idle=0.5, most_lost=5)
CODEC = Codec(
    write_task=task_json,
    read_task=lambda document, source: parsed_task(document, source=source),
    write_result=result_json,
    read_result=lambda document, source: parsed_result(document, source=source),
)
_numbers = itertools.count()


@dataclass
class Queue(Database):
    """A database with the queue of a fleet and the fleet's ledgers, and their roles."""

    def fleet(self, role: str = CONTROLLER, *, folder: str = "") -> FleetDatabase:
        return fleet_database(self.url(role, folder=folder))


def new_queue(server: Server) -> Queue:
    """An empty queue in a database of its own."""
    template = Queue(server, "fleet_template")
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        known = connection.execute(
            "select 1 from pg_database where datname = %s", [template.name]
        ).fetchall()
        if not known:
            connection.execute(f"create database {template.name}".encode())
            _make(template)
        queue = Queue(server, f"fleet_{next(_numbers)}")
        connection.execute(f"create database {queue.name} template {template.name}".encode())
    return queue


def _make(queue: Queue) -> None:
    assert initialise(queue.fleet(OWNER))
    assert ledger.initialise(queue.access(OWNER))
    for statement in (
        *grants(controller=CONTROLLER, workers=[WORKER, PLANNER]),
        *ledger.grants(writers=[CONTROLLER, WORKER], readers=[PLANNER, READER]),
        *ledger.assigner_grants(CONTROLLER),
    ):
        queue.execute(statement)


def task(name: str, *, run: str = "run_1", **fields: object) -> Task:
    values = {"run_id": run, "action": FleetAction.APPLY, "target": name, "pool": "eu", "fence": 1}
    return Task.model_validate({**values, **fields})


def done(given: Task, status: TargetStatus = TargetStatus.VERIFIED) -> TargetResult:
    return TargetResult(name=given.target, action=given.action, status=status)


@dataclass
class Heard:
    """What a controller or a worker was told."""

    events: list[FleetEvent] = field(default_factory=list)
    begun_tasks: list[Task] = field(default_factory=list)
    ended_results: list[TargetResult] = field(default_factory=list)

    def notice(self, event: FleetEvent) -> None:
        self.events.append(event)

    def begun(self, task: Task) -> None:
        self.begun_tasks.append(task)

    def ended(self, result: TargetResult) -> None:
        self.ended_results.append(result)


def await_(condition: Callable[[], object]) -> None:
    """Return once the condition is met."""
    until = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def call_schedule(queue: Queue, minute: datetime, *, pool: str = "eu") -> None:
    """Have a worker of the pool queue what is due in this minute, as it does each minute."""
    queue.execute(
        "insert into procrastinate_jobs (queue_name, task_name, args)"
        " values (%s, 'reconciler.due', jsonb_build_object('timestamp', %s::bigint))",
        ops_of(pool),
        int(minute.timestamp()),
    )


@contextmanager
def controller(
    queue: Queue, *, folder: str = "", heard: Heard | None = None
) -> Iterator[QueueDispatcher]:
    with queue_dispatcher(
        queue.fleet(CONTROLLER, folder=folder),
        codec=CODEC,
        clock=SystemClock(),
        observer=heard or Heard(),
    ) as dispatcher:
        yield dispatcher


@dataclass
class Hired:
    """A worker in a thread."""

    stop: Stop
    heard: Heard
    thread: threading.Thread
    warnings: list[str]
    failures: list[BaseException]

    def join(self) -> None:
        self.thread.join(LONG)
        assert not self.thread.is_alive()
        if self.failures:
            raise self.failures[0]


@contextmanager
def hired(
    queue: Queue,
    work: Callable[[Task, Stop], TargetResult] = lambda given, _: done(given),
    *,
    role: str = WORKER,
    pool: str = "eu",
    concurrency: int = 2,
    until_idle: bool = False,
    is_led: Callable[[int | None], bool] = lambda _: True,
    due: Callable[[datetime], Sequence[Task]] | None = None,
    only: frozenset[FleetAction] = frozenset(FleetAction),
    pace: Pace = HASTY,
    folder: str = "",
) -> Iterator[Hired]:
    """A worker, which is stopped at the end."""
    heard, stop, warnings = Heard(), Stop(), list[str]()
    failures: list[BaseException] = []
    worker = QueueWorker(
        queue.fleet(role, folder=folder),
        post=Post(pool=pool, concurrency=concurrency, about="test", until_idle=until_idle),
        duty=Duty(
            carry_out=work, clock_of=ThreadClock, is_led=is_led, observer=heard, due=due, only=only
        ),
        codec=CODEC,
        stop=stop,
        warn=warnings.append,
        pace=pace,
    )

    def run() -> None:
        try:
            worker.run()
        except BaseException as error:  # noqa: BLE001 - `join` raises it
            failures.append(error)

    hand = Hired(stop, heard, threading.Thread(target=run, daemon=True), warnings, failures)
    hand.thread.start()
    try:
        yield hand
    finally:
        stop.ask()
        hand.join()


def collected(dispatcher: QueueDispatcher, count: int) -> Sequence[TargetResult]:
    """So many results, as they come."""
    results: list[TargetResult] = []
    while len(results) < count:
        new = dispatcher.ended(within=LONG)
        assert new, f"only {len(results)} of {count} results came"
        results.extend(new)
    return results
