"""The store of the ledger: a file, or a database that several machines share."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from reconciler.adapters.cognigy.transport import ANSWER_SECONDS
from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase
from reconciler.ports import Clock, LedgerStore, Observer


def file_store(path: Path, *, clock: Clock) -> LedgerStore:
    """The ledger in this file."""
    return FileLedgerStore(path, clock=clock)


def shared_store(
    database: LedgerDatabase, *, origin: str | None, clock: Clock, observer: Observer
) -> LedgerStore:
    """The ledger of one origin, or of all to be read, in this database. Raises
    ConfigurationError."""
    postgres = postgres_adapter()
    store: LedgerStore = postgres.PostgresLedgerStore(
        database,
        clock=clock,
        observer=observer,
        origin=origin,
        terms=postgres.Terms(request_seconds=ANSWER_SECONDS),
    )
    return store


def postgres_adapter() -> ModuleType:
    """The adapter, which is imported only for a database. Raises ConfigurationError without the
    extra that it needs."""
    try:
        from reconciler.adapters.ledger import postgres  # noqa: PLC0415 - needs an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "psycopg":
            raise
        raise ConfigurationError(
            "COGNIGY_AUDIT_LOG names a PostgreSQL database, for which psycopg is not installed.",
            hint="Install it with: pip install 'slot-reconciler[postgres]', from where you "
            "installed reconciler.",
        ) from error
    return postgres
