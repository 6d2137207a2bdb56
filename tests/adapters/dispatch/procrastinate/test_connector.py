"""How long a query of a worker is tried while the database cannot be reached."""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

import psycopg
import pytest
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException

from reconciler.adapters.dispatch.procrastinate.connector import PatientConnector
from reconciler.config.database import fleet_database


class Tried:
    """A query that fails so many times before it succeeds."""

    def __init__(self, *, failures: int) -> None:
        self.left = failures
        self.times = 0

    async def __call__(self, _query: Any, **_arguments: Any) -> None:
        self.times += 1
        if self.left:
            self.left -= 1
            raise ConnectorException from psycopg.OperationalError("the connection is lost")


class Run(Protocol):
    """Do the query, of a worker that is to end or not; returns what it warned of."""

    def __call__(self, tried: Tried, *, is_ending: bool) -> list[str]: ...


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def done(tried: Tried, *, is_ending: bool) -> list[str]:
        monkeypatch.setattr(
            PsycopgConnector,
            "execute_query_async",
            staticmethod(lambda _self, query, **arguments: tried(query, **arguments)),
        )
        warnings: list[str] = []
        connector = PatientConnector(
            fleet_database("postgresql://db/fleet"),
            is_hurried=lambda: is_ending,
            warn=warnings.append,
        )
        asyncio.run(connector.execute_query_async("select 1"))
        return warnings

    return done


def test_a_working_process_tries_until_the_database_is_back(run: Run) -> None:
    tried = Tried(failures=3)
    (warning,) = run(tried, is_ending=False)
    assert tried.times == 4
    assert "cannot be reached" in warning


def test_an_ending_process_tries_once_more_because_it_may_have_been_paused(run: Run) -> None:
    tried = Tried(failures=1)
    assert run(tried, is_ending=True) == []
    assert tried.times == 2


def test_an_ending_process_does_not_wait_for_the_database(run: Run) -> None:
    tried = Tried(failures=2)
    with pytest.raises(ConnectorException):
        run(tried, is_ending=True)
    assert tried.times == 2
