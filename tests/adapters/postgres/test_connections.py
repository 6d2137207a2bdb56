"""The connections that all sessions of a process share."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import psycopg
import pytest

from reconciler.adapters.postgres import Session, UnreachableError, Use
from reconciler.adapters.postgres.connections import MOST
from tests.support.postgres import OWNER, Database, database, new_database, server, serving

__all__ = ["database", "server"]

USE = Use(noun="ledger", init="reconciler ledger init")
LONG = 60.0
OPEN = "select count(*) from pg_stat_activity where usename = 'writer'"


def session(of: Database) -> Session:
    return Session(of.access(), USE)


def server_process(connection: psycopg.Connection) -> int:
    ((number,),) = connection.execute("select pg_backend_pid()").fetchall()
    return int(number)


def test_many_threads_need_few_connections(database: Database) -> None:
    gate = threading.Barrier(MOST)

    def work(connection: psycopg.Connection) -> int:
        gate.wait(LONG)
        return server_process(connection)

    with ExitStack() as opened:
        sessions = [opened.enter_context(closing(session(database))) for _ in range(5 * MOST)]
        with ThreadPoolExecutor(len(sessions)) as threads:
            used = set(threads.map(lambda each: each.run(work), sessions))
        assert len(used) == MOST
        assert database.execute(OPEN) == [(MOST,)]
    while database.execute(OPEN) != [(0,)]:
        pass  # the server closes its end a moment later


def test_the_last_session_closes_what_is_idle(database: Database) -> None:
    with closing(session(database)) as first:
        number = first.run(server_process)
        with closing(session(database)) as second:
            assert second.run(server_process) == number
        assert first.run(server_process) == number


def test_who_cannot_wait_is_told_that_all_are_in_use(database: Database) -> None:
    release = threading.Event()
    begun = threading.Semaphore(0)

    def hold(_: psycopg.Connection) -> None:
        begun.release()
        release.wait(LONG)

    with (
        closing(session(database)) as last,
        closing(session(database)) as busy,
        ThreadPoolExecutor(MOST) as threads,
    ):
        for _ in range(MOST):
            threads.submit(busy.run, hold)
        for _ in range(MOST):
            assert begun.acquire(timeout=LONG)
        with pytest.raises(UnreachableError, match="in use"):
            last.run(server_process, within=0.01)
        release.set()


def test_an_error_of_a_statement_keeps_the_connection(database: Database) -> None:
    with closing(session(database)) as one:
        number = one.run(server_process)
        with pytest.raises(Exception, match="division by zero"):
            one.run(lambda connection: connection.execute("select 1/0"))
        assert one.run(server_process) == number


def test_after_the_server_was_away_only_one_statement_fails() -> None:
    with serving() as own:
        database = new_database(own, "slots")
        both = threading.Barrier(2)

        def together(connection: psycopg.Connection) -> int:
            both.wait(LONG)
            return server_process(connection)

        with closing(session(database)) as one, closing(session(database)) as other:
            with ThreadPoolExecutor(2) as threads:
                assert len(set(threads.map(lambda each: each.run(together), (one, other)))) == 2
            own.stop(signal.SIGKILL)
            own.start()
            with pytest.raises(UnreachableError):
                one.run(server_process)
            assert one.run(server_process) > 0
            assert other.run(server_process) > 0
            assert database.execute("select 1", role=OWNER) == [(1,)]
