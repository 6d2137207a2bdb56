"""The store of the ledger: a file, or a database that several machines share."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from reconciler.adapters.cognigy.transport import ANSWER_SECONDS
from reconciler.adapters.ledger.file import FileLedgerStore, file_name_of
from reconciler.errors import ConfigurationError, LedgerError
from reconciler.model.access import LedgerDatabase
from reconciler.model.pool import PoolChain
from reconciler.planning.fleet_chain import FLEET_CHAIN
from reconciler.ports import SILENT, Clock, LedgerStore, Observer


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


@dataclass(frozen=True)
class FleetStores:
    """The ledgers of a fleet, in one folder or database: one for each origin, so that targets on
    one origin share a lock, and the fleet's own, which waits by this `clock`."""

    place: Path | LedgerDatabase
    clock: Clock

    def of(self, origin: str, *, clock: Clock, observer: Observer = SILENT) -> LedgerStore:
        """The ledger of the targets on this origin, for the thread that the clock is of: it waits
        and shields by it. Raises ConfigurationError."""
        if isinstance(self.place, Path):
            return file_store(self.place / file_name_of(origin), clock=clock)
        return shared_store(self.place, origin=origin, clock=clock, observer=observer)

    def fleet(self, *, observer: Observer = SILENT) -> LedgerStore:
        """The fleet's own. Raises ConfigurationError."""
        if isinstance(self.place, Path):
            return file_store(self.place / f"{FLEET_CHAIN}.jsonl", clock=self.clock)
        return shared_store(self.place, origin=FLEET_CHAIN, clock=self.clock, observer=observer)

    def fleet_fence(self) -> int | None:
        """The fence of the run that holds the fleet's lock now; None if none does, or if no other
        machine can see it. Raises ConfigurationError and LedgerError."""
        if isinstance(self.place, Path):
            return None
        fence: int | None = postgres_adapter().fleet_fence_in(self.place)
        return fence

    def assign(self, chains: Collection[PoolChain]) -> None:
        """Let the workers of each pool have these chains, and no others, if its role is limited.
        Raises ConfigurationError and LedgerError."""
        if not isinstance(self.place, Path):
            postgres_adapter().assign_chains(self.place, chains)

    def add(self, chains: Collection[PoolChain]) -> None:
        """Let them have these too. Raises ConfigurationError and LedgerError."""
        if not isinstance(self.place, Path):
            postgres_adapter().add_chains(self.place, chains)

    def prepare(self) -> None:
        """Create the folder, if it is one that does not exist yet. Raises LedgerError."""
        if not isinstance(self.place, Path):
            return
        try:
            self.place.mkdir(exist_ok=True)
        except OSError as error:
            raise LedgerError(
                f"The folder {self.place} for the fleet's ledgers cannot be created: "
                f"{error.strerror}.",
                hint="Create it, or set COGNIGY_AUDIT_LOG to another folder.",
            ) from error


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
