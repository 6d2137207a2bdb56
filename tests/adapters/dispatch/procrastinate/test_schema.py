"""The schema: made once, brought up to date, and refused where it is not known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.adapters.dispatch.procrastinate import initialise, schema
from reconciler.errors import LedgerError
from tests.support.postgres import OWNER
from tests.support.queue import Queue, controller

_FORGET_PROCRASTINATE = """
drop schema public cascade; create schema public; grant usage on schema public to public;
"""
_FORGET = f"drop schema reconciler_fleet cascade; {_FORGET_PROCRASTINATE}"


def test_a_schema_is_made_once_and_then_left_as_it_is(queue: Queue) -> None:
    queue.execute("insert into reconciler_fleet.halt (run_id, by) values ('run_1', 'kim')")
    assert not initialise(queue.fleet(OWNER))
    assert queue.execute("select run_id from reconciler_fleet.halt") == [("run_1",)]


def test_two_who_make_it_at_once_make_one(queue: Queue) -> None:
    queue.execute(_FORGET)
    with ThreadPoolExecutor() as both:
        made = list(both.map(initialise, [queue.fleet(OWNER)] * 2))
    assert sorted(made) == [False, True]


def test_without_a_schema_the_message_says_how_to_make_one(queue: Queue) -> None:
    queue.execute(_FORGET)
    with pytest.raises(LedgerError, match="has no queue yet") as caught, controller(queue):
        pass
    assert "reconciler fleet init" in caught.value.hint


def test_the_queue_of_another_program_is_left_alone(queue: Queue) -> None:
    queue.execute("drop schema reconciler_fleet cascade")
    with pytest.raises(LedgerError, match="of another program"):
        initialise(queue.fleet(OWNER))
    assert queue.execute("select to_regclass('reconciler_fleet.version')") == [(None,)]


def test_an_old_schema_is_refused_until_it_is_brought_up_to_date(queue: Queue) -> None:
    queue.execute(_FORGET_PROCRASTINATE)
    *old, last, _, newest = schema._migrations()
    for name in (*old, last):
        queue.execute(schema._migration(name).decode())
    queue.execute("update reconciler_fleet.version set procrastinate = %s", last)
    with pytest.raises(LedgerError, match="too old") as caught, controller(queue):
        pass
    assert "reconciler fleet init" in caught.value.hint
    assert initialise(queue.fleet(OWNER))
    assert queue.execute("select procrastinate from reconciler_fleet.version") == [(newest,)]
    assert queue.execute(
        "select count(*) from pg_proc where proname = 'procrastinate_retry_job_v2'"
    ) == [(1,)]
    with controller(queue):
        pass


@pytest.mark.parametrize("column", ["number", "procrastinate"])
def test_a_schema_of_the_future_is_refused(queue: Queue, column: str) -> None:
    queue.execute(f"update reconciler_fleet.version set {column} = '99'")  # noqa: S608
    for use in (lambda: initialise(queue.fleet(OWNER)), lambda: controller(queue).__enter__()):
        with pytest.raises(LedgerError, match="too new"):
            use()
