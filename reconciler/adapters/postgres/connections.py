"""The connections of this process to one database, which all its sessions share.

A worker has hundreds of targets in hand, each with a ledger and its lock, and a server allows about
a hundred connections. No statement needs a session of the server, so a few are enough.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

MOST = 8
_STALE_SECONDS = 30.0
"""A connection that was idle for longer is tried before it is used: what is in between may have
forgotten it."""


class BusyError(Exception):
    """No connection became free in time."""


class Connections:
    """At most MOST at once, opened by `connect` when they are needed. Those that are idle stay open
    until the last user leaves."""

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        self._connect = connect
        self._free = threading.BoundedSemaphore(MOST)
        self._lock = threading.Lock()
        self._idle: list[tuple[psycopg.Connection, float]] = []
        self._users = 0

    def enter(self) -> None:
        """There is one more user."""
        with self._lock:
            self._users += 1

    def leave(self) -> None:
        """There is one less."""
        with self._lock:
            self._users -= 1
            is_empty = not self._users
        if is_empty:
            self._close_idle()

    @contextmanager
    def borrowed(self, *, within: float | None) -> Iterator[psycopg.Connection]:
        """A connection for this block alone. If it is lost there, those that are idle are closed
        too. Raises BusyError after `within` seconds, and psycopg.Error if none can be made."""
        if not self._free.acquire(timeout=within):
            raise BusyError
        try:
            connection = self._taken()
            try:
                yield connection
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    def _taken(self) -> psycopg.Connection:
        while True:
            with self._lock:
                if not self._idle:
                    break
                connection, since = self._idle.pop()
            if time.monotonic() - since < _STALE_SECONDS or _answers(connection):
                return connection
            connection.close()
        return self._connect()

    def _give_back(self, connection: psycopg.Connection) -> None:
        if connection.closed:
            self._close_idle()
            return
        with self._lock:
            is_kept = self._users > 0
            if is_kept:
                self._idle.append((connection, time.monotonic()))
        if not is_kept:
            connection.close()

    def _close_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection, _ in idle:
            connection.close()


def _answers(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("select 1")
    except psycopg.Error:
        return False
    return True
