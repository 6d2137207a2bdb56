"""A user of the database, and its errors in our words.

psycopg's own errors go no further: they may quote a URL with its password.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import errors

from reconciler.adapters.postgres.connections import BusyError, Connections
from reconciler.errors import LedgerError
from reconciler.model.access import Database

ResultT = TypeVar("ResultT")

DEFAULTS: Mapping[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""libpq's options, unless the URL sets them: a server that is gone is noticed within 30 s."""
_PASSING = ("08", "40", "53300", "57P")
"""The beginnings of SQLSTATEs after which the same statement may succeed: connection lost, a
conflict between transactions, too many connections, the server stops or starts."""

_LOCK = threading.Lock()
_SHARED: dict[str, Connections] = {}
"""By the URL of the database."""

logging.getLogger("psycopg").addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Use:
    """What a database is used as, and the command that makes its schema, for messages."""

    noun: str
    init: str


class UnreachableError(LedgerError):
    """The database cannot be reached now; whether the last statement was carried out is unknown."""


class Session:
    """A user of the connections of this process to the database."""

    def __init__(self, database: Database, use: Use) -> None:
        self._database = database
        self._use = use
        self._connections: Connections | None = None

    def run(
        self, work: Callable[[psycopg.Connection], ResultT], *, within: float | None = None
    ) -> ResultT:
        """What `work` returns, which must not use another session. Outside a transaction, each of
        its statements is one of its own. After `within` seconds, the connection counts as lost: a
        server that was frozen still acknowledges what it is sent.

        Raises UnreachableError if the connection is lost or cannot be made, and LedgerError for
        what the database refuses.
        """
        lost: list[psycopg.Connection] = []
        try:
            with self._shared().borrowed(within=within) as connection:
                lost.append(connection)
                with _cut_off_after(within, connection):
                    return work(connection)
        except BusyError:
            raise self._away("All connections to it are in use.") from None
        except psycopg.Error as error:
            if not lost or lost[0].closed:
                raise self._unreachable(error) from None
            raise self._translated(error) from None

    def close(self) -> None:
        """Leave the connections to the others, if there are any."""
        connections, self._connections = self._connections, None
        if connections is not None:
            connections.leave()

    def _shared(self) -> Connections:
        if self._connections is None:
            url = self._database.url.get_secret_value()
            with _LOCK:
                shared = _SHARED.setdefault(url, Connections(self._connect))
            shared.enter()
            self._connections = shared
        return self._connections

    def _connect(self) -> psycopg.Connection:
        defaults = {k: v for k, v in DEFAULTS.items() if k not in self._database.options}
        return psycopg.connect(
            self._database.url.get_secret_value(),
            autocommit=True,
            prepare_threshold=None,  # PgBouncer may give each transaction another server
            client_encoding="UTF8",
            fallback_application_name="reconciler",
            **defaults,
        )

    def _unreachable(self, error: psycopg.Error) -> UnreachableError:
        return self._away(self._reason(error))

    def _away(self, reason: str) -> UnreachableError:
        return UnreachableError(
            f"The {self._use.noun} {self._database.location} cannot be reached: {reason}",
            hint=f"Check {self._database.variable}, its password and the network, then run it "
            "again.",
        )

    def _translated(self, error: psycopg.Error) -> LedgerError:
        state = error.sqlstate or ""
        if state.startswith(_PASSING):
            return self._unreachable(error)
        hint = "Look at the database's log."
        if isinstance(error, errors.InsufficientPrivilege):
            hint = (
                f"`{self._use.init}` needs a role that may create a schema; every other role needs "
                "the grants that it prints."
            )
        elif isinstance(error, (errors.UndefinedTable, errors.InvalidSchemaName)):
            hint = f"Run `{self._use.init}` as the role that is to own it."
        elif isinstance(error, errors.ReadOnlySqlTransaction):
            hint = f"This server is a standby: let {self._database.variable} name the primary."
        elif isinstance(error, errors.DiskFull):
            hint = "Free some disk space on the database's server."
        return LedgerError(
            f"The {self._use.noun} {self._database.location} refused: {self._reason(error)}",
            hint=hint,
        )

    def _reason(self, error: psycopg.Error) -> str:
        """What the database said, in one line and without secrets."""
        said = error.diag.message_primary or str(error).strip()
        line = " ".join(said.split()) or type(error).__name__
        for secret in self._database.secrets:
            line = line.replace(secret.get_secret_value(), "[redacted]")
        line = line[:300].rstrip(".")
        return line if line.endswith("?") else f"{line}."


@contextmanager
def _cut_off_after(seconds: float | None, connection: psycopg.Connection) -> Iterator[None]:
    """Shut the connection down if the block lasts longer."""
    if seconds is None:
        yield
        return
    # A copy, so that psycopg's own stays its own; of a socket, the family does not matter here.
    wire = socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    timer = threading.Timer(seconds, _shut_down, [wire])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        wire.close()


def _shut_down(wire: socket.socket) -> None:
    with suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)
