"""Both stores of a ledger, for the cases that hold for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.adapters.ledger.postgres import TERMS, PostgresLedgerStore, Terms
from reconciler.ports import LedgerStore
from tests.support.bouncer import pooling
from tests.support.clock import VirtualClock
from tests.support.postgres import Database, Server, database, server
from tests.support.recorder import Recorder

__all__ = ["database", "server"]

ORIGIN = "https://acme.cognigy.com"
Reopen = Callable[[], LedgerStore]


@pytest.fixture(scope="session")
def pool(server: Server) -> Iterator[str]:
    """The folder of PgBouncer's socket."""
    with pooling(server) as folder:
        yield str(folder)


def shared(
    database: Database,
    *,
    origin: str | None = ORIGIN,
    role: str = "writer",
    terms: Terms = TERMS,
    folder: str = "",
) -> PostgresLedgerStore:
    """The shared ledger as another process sees it; `folder` is that of another socket."""
    return PostgresLedgerStore(
        database.access(role, folder=folder),
        clock=VirtualClock(),
        observer=Recorder(),
        origin=origin,
        terms=terms,
    )


@pytest.fixture(params=["file", "postgres", "pgbouncer"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Reopen:
    """The same ledger, as each process that opens it sees it."""
    if request.param == "file":
        return lambda: FileLedgerStore(tmp_path / "audit.jsonl", clock=VirtualClock())
    database: Database = request.getfixturevalue("database")
    folder = request.getfixturevalue("pool") if request.param == "pgbouncer" else ""
    return lambda: shared(database, folder=folder)
