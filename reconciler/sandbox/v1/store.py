"""Where the sandbox keeps its slots, and what its bot was last trained on.

Both stores are thread-safe. A replaced slot keeps its place in the listing, so that pages stay
stable. Versions come from one counter for the whole store: a slot that is deleted and created
again never gets an old version back, so an old ETag stays stale.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reconciler.sandbox import database
from reconciler.sandbox.v1.slots import Document


@dataclass(frozen=True)
class StoredSlot:
    """A stored slot; `version` increases with every write."""

    slot_id: str
    document: Document
    version: int


class Store(Protocol):
    """The sandbox's memory. Documents are copied in and out, never shared."""

    def slots(self) -> list[StoredSlot]:
        """Every slot, in the order of creation."""
        ...

    def get(self, slot_id: str) -> StoredSlot | None:
        """One slot, or None."""
        ...

    def put(self, document: Document) -> StoredSlot:
        """Create the slot named by `slotId`, or replace all of it."""
        ...

    def delete(self, slot_id: str) -> None:
        """Remove a slot, if there is one."""
        ...

    def trained(self) -> list[Document] | None:
        """The slots as of the last training; None before the first."""
        ...

    def save_trained(self, documents: Iterable[Document]) -> None:
        """Remember the slots that the bot is now trained on."""
        ...


class MemoryStore:
    """A store that lasts as long as the process."""

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._slots: dict[str, StoredSlot] = {}
        self._revision = 0
        self._trained: list[Document] | None = None

    def slots(self) -> list[StoredSlot]:
        """Every slot, in the order of creation."""
        with self._lock:
            return [copy.deepcopy(slot) for slot in self._slots.values()]

    def get(self, slot_id: str) -> StoredSlot | None:
        """One slot, or None."""
        with self._lock:
            return copy.deepcopy(self._slots.get(slot_id))

    def put(self, document: Document) -> StoredSlot:
        """Create or replace; a replaced slot keeps its place."""
        with self._lock:
            self._revision += 1
            slot = StoredSlot(document["slotId"], copy.deepcopy(document), self._revision)
            self._slots[slot.slot_id] = slot
            return copy.deepcopy(slot)

    def delete(self, slot_id: str) -> None:
        """Remove a slot."""
        with self._lock:
            self._slots.pop(slot_id, None)

    def trained(self) -> list[Document] | None:
        """The slots as of the last training."""
        with self._lock:
            return copy.deepcopy(self._trained)

    def save_trained(self, documents: Iterable[Document]) -> None:
        """Remember the slots that the bot is now trained on."""
        with self._lock:
            self._trained = copy.deepcopy(list(documents))


_SCHEMA = """
CREATE TABLE IF NOT EXISTS slots (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    slot_id  TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL,
    version  INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT OR IGNORE INTO facts VALUES ('revision', '0');
"""
_UPSERT = """
INSERT INTO slots (slot_id, document, version) VALUES (?, ?, ?)
ON CONFLICT (slot_id) DO UPDATE SET document = excluded.document, version = excluded.version
"""


class SqliteStore:
    """A store in a file, which survives a restart. Close it, or use it in a `with` statement."""

    def __init__(self, path: Path | str) -> None:
        """Open or create the file; raises `OSError` if that fails."""
        self._lock = threading.Lock()
        self._connection = database.opened(
            path,
            schema=_SCHEMA,
            is_foreign=lambda connection: database.mark_of(connection) != 0,
            other="cognigy-v2",
        )

    def __enter__(self) -> SqliteStore:  # noqa: PYI034 - typing.Self needs Python 3.11
        """The store itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def slots(self) -> list[StoredSlot]:
        """Every slot, in the order of creation."""
        query = "SELECT slot_id, document, version FROM slots ORDER BY position"
        with self._lock:
            rows = self._connection.execute(query).fetchall()
        return [StoredSlot(slot_id, json.loads(text), version) for slot_id, text, version in rows]

    def get(self, slot_id: str) -> StoredSlot | None:
        """One slot, or None."""
        query = "SELECT document, version FROM slots WHERE slot_id = ?"
        with self._lock:
            row = self._connection.execute(query, (slot_id,)).fetchone()
        return None if row is None else StoredSlot(slot_id, json.loads(row[0]), row[1])

    def put(self, document: Document) -> StoredSlot:
        """Create or replace, in one transaction; a replaced slot keeps its place."""
        text = json.dumps(document)
        with self._lock, self._connection as connection:
            connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'revision'")
            found = connection.execute("SELECT value FROM facts WHERE name = 'revision'")
            version = int(found.fetchone()[0])
            connection.execute(_UPSERT, (document["slotId"], text, version))
        return StoredSlot(document["slotId"], json.loads(text), version)

    def delete(self, slot_id: str) -> None:
        """Remove a slot."""
        with self._lock, self._connection as connection:
            connection.execute("DELETE FROM slots WHERE slot_id = ?", (slot_id,))

    def trained(self) -> list[Document] | None:
        """The slots as of the last training."""
        with self._lock:
            query = "SELECT value FROM facts WHERE name = 'trained'"
            row = self._connection.execute(query).fetchone()
        return None if row is None else json.loads(row[0])

    def save_trained(self, documents: Iterable[Document]) -> None:
        """Remember the slots that the bot is now trained on."""
        text = json.dumps(list(documents))
        with self._lock, self._connection as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES ('trained', ?)", (text,))
