"""The files in which the dialects of the sandbox keep their state."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path


def opened(
    path: Path | str, *, schema: str, is_foreign: Callable[[sqlite3.Connection], bool], other: str
) -> sqlite3.Connection:
    """Open or create a file with this schema. Raises OSError if that fails, or if the file
    `is_foreign`; then it is probably one of the `other` dialect.

    Whoever uses the connection holds a lock, because the server has many threads.
    """
    try:
        # SQLite's own check would reject the server's threads.
        connection = sqlite3.connect(path, check_same_thread=False)
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    try:
        if is_foreign(connection):
            raise OSError(f"{path}: it holds something else, such as a state of {other}")
        connection.executescript(schema)
    except sqlite3.Error as error:
        connection.close()
        raise OSError(f"{path}: {error}") from error
    except OSError:
        connection.close()
        raise
    return connection


def mark_of(connection: sqlite3.Connection) -> int:
    """The `application_id` by which a file says whose it is; 0 unless it was set."""
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    return int(mark)
