"""Procrastinate's connection to the database, which waits for one that is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, TypeVar

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException

from reconciler.adapters.postgres.session import DEFAULTS
from reconciler.model.access import FleetDatabase

ResultT = TypeVar("ResultT")

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_MOST_CONNECTIONS = 4
_FOR_EVER_SECONDS = 1e9

logging.getLogger("procrastinate").addHandler(logging.NullHandler())


async def _one_statement_at_a_time(connection: psycopg.AsyncConnection) -> None:
    """No transaction is open between statements."""
    await connection.set_autocommit(True)


class PatientConnector(PsycopgConnector):
    """Does each query again while the database cannot be reached, instead of ending the worker; a
    query may be done twice.

    `is_hurried` says whether to give up after the second attempt: the first may fail only because
    this process was paused meanwhile. `warn` is called once for each outage.
    """

    def __init__(
        self,
        database: FleetDatabase,
        *,
        is_hurried: Callable[[], bool],
        warn: Callable[[str], None],
    ) -> None:
        defaults = {k: v for k, v in DEFAULTS.items() if k not in database.options}
        super().__init__(
            conninfo=database.url.get_secret_value(),
            kwargs={
                "prepare_threshold": None,  # PgBouncer may give each transaction another server
                "client_encoding": "UTF8",
                "fallback_application_name": "reconciler",
                **defaults,
            },
            configure=_one_statement_at_a_time,
            min_size=1,
            max_size=_MOST_CONNECTIONS,
            timeout=_LONGEST_PAUSE_SECONDS,
            reconnect_timeout=_FOR_EVER_SECONDS,
        )
        self._database = database
        self._is_hurried = is_hurried
        self._warn = warn
        self._is_away = False

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """Do the query."""
        await self._patiently(
            lambda: PsycopgConnector.execute_query_async(self, query, **arguments)
        )

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        """The first row of the query."""
        return await self._patiently(
            lambda: PsycopgConnector.execute_query_one_async(self, query, **arguments)
        )

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        """The rows of the query."""
        return await self._patiently(
            lambda: PsycopgConnector.execute_query_all_async(self, query, **arguments)
        )

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Listen until cancelled."""
        await self._patiently(
            lambda: PsycopgConnector.listen_notify(self, on_notification, channels)
        )

    async def _patiently(self, query: Callable[[], Awaitable[ResultT]]) -> ResultT:
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                result = await query()
            except ConnectorException as error:
                is_first = pause == _FIRST_PAUSE_SECONDS
                is_given_up = self._is_hurried() and not is_first
                if is_given_up or not isinstance(error.__cause__, psycopg.OperationalError):
                    raise
                if not self._is_away and not self._is_hurried():
                    self._is_away = True
                    self._warn(
                        f"The queue {self._database.location} cannot be reached. Waiting for it."
                    )
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            else:
                self._is_away = False
                return result
