"""A connection to the queue that waits for the database to come back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

import psycopg

from reconciler.adapters.dispatch.procrastinate.use import QUEUE, unwrapped
from reconciler.adapters.postgres import Session, UnreachableError
from reconciler.model.access import FleetDatabase
from reconciler.ports import Clock

ResultT = TypeVar("ResultT")

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 20.0
"""How long the database may take to answer."""
PATIENCE_SECONDS = 75.0
"""How long a controller waits for the database: as long as its lock lives."""


def once(database: FleetDatabase, work: Callable[[psycopg.Connection], ResultT]) -> ResultT:
    """What `work` returns, by a connection of its own. Raises LedgerError."""
    with closing(Session(database, QUEUE)) as session:
        return session.run(work)


class PatientSession:
    """A Session that does the work again while the database cannot be reached, for so long; the
    work may be done twice."""

    def __init__(
        self,
        database: FleetDatabase,
        *,
        clock: Clock,
        seconds: float = PATIENCE_SECONDS,
        warn: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._session = Session(database, QUEUE)
        self._clock = clock
        self._seconds = seconds
        self._warn = warn

    def run(self, work: Callable[[psycopg.Connection], ResultT]) -> ResultT:
        """What `work` returns. Raises UnreachableError, LedgerError, and Interrupted while it
        waits."""
        return self.patiently(lambda: self._session.run(unwrapping(work), within=ANSWER_SECONDS))

    def patiently(self, call: Callable[[], ResultT]) -> ResultT:
        """The same for a call that uses another session."""
        until = self._clock.monotonic() + self._seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return call()
            except UnreachableError as error:
                if self._clock.monotonic() + pause > until:
                    raise
                if pause == _FIRST_PAUSE_SECONDS:
                    self._warn(f"{error.message} Trying again.")
                self._clock.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._session.close()


def unwrapping(
    work: Callable[[psycopg.Connection], ResultT],
) -> Callable[[psycopg.Connection], ResultT]:
    """The same work, which raises the error of the database where Procrastinate wraps it."""

    def unwrapped_work(connection: psycopg.Connection) -> ResultT:
        with unwrapped():
            return work(connection)

    return unwrapped_work
