"""Where the sandbox keeps its state."""

from __future__ import annotations

import json
import sqlite3
import threading
from pathlib import Path
from typing import Protocol

from reconciler.sandbox import database
from reconciler.sandbox.v2.calls import Document

_MARK = 0x5CA7F11E
"""SQLite's `application_id` of our files; that of the other dialect's is 0."""
_SCHEMA = f"""
PRAGMA application_id = {_MARK};
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class Storage(Protocol):
    """Keeps one document."""

    def load(self) -> Document | None:
        """What was saved last, or None."""
        ...

    def save(self, state: Document) -> None:
        """Replace what was saved."""
        ...


class SqliteStorage:
    """Keeps the document in a file, which is whole at any moment."""

    def __init__(self, path: Path | str) -> None:
        """Open or create the file; raises `OSError` if that fails or it is another's."""
        self._lock = threading.Lock()
        self._connection = database.opened(
            path, schema=_SCHEMA, is_foreign=_is_foreign, other="cognigy-v1"
        )

    def close(self) -> None:
        """Close the file; it cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def load(self) -> Document | None:
        """What was saved last, by this process or an earlier one; raises `ValueError` if it is
        damaged."""
        query = "SELECT value FROM facts WHERE name = 'state'"
        with self._lock:
            row = self._connection.execute(query).fetchone()
        try:
            state: Document | None = None if row is None else json.loads(row[0])
        except ValueError:
            raise ValueError("it is damaged") from None
        return state

    def save(self, state: Document) -> None:
        """Replace what was saved, in one transaction."""
        text = json.dumps(state)
        with self._lock, self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('state', ?)", (text,))


def _is_foreign(connection: sqlite3.Connection) -> bool:
    mark = database.mark_of(connection)
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(mark != _MARK and (mark != 0 or tables > 0))
