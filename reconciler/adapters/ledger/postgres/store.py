"""The ledger on PostgreSQL as a store."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import psycopg

from reconciler.adapters.ledger.postgres.lease import (
    TERMS,
    HeldError,
    Lease,
    Taken,
    Terms,
    fleet_fence,
    holders,
    take,
)
from reconciler.adapters.ledger.postgres.pools import require_readable, require_writable
from reconciler.adapters.ledger.postgres.schema import require_current, version_of
from reconciler.adapters.ledger.postgres.use import LEDGER
from reconciler.adapters.ledger.postgres.writing import PostgresLedger
from reconciler.adapters.postgres import Session
from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.access import LedgerDatabase
from reconciler.model.chain import ChainReport, Fault
from reconciler.model.event import Warned
from reconciler.model.ledger import Entry, parse_line
from reconciler.planning.chain import check_chain
from reconciler.ports import Clock, Observer

ResultT = TypeVar("ResultT")

_ROWS = """
select chain, seq, prev_hash, hash, line from reconciler.event
where chain = %(chain)s or %(chain)s is null order by chain, seq
"""


@dataclass(frozen=True)
class Row:
    """A row of the table: the line, and what the table repeats of it."""

    seq: int
    prev_hash: str
    hash: str
    line: str

    @property
    def raw(self) -> bytes:
        """The line as it was written, without its line end."""
        return self.line.encode()

    @property
    def is_consistent(self) -> bool:
        """Whether the columns are what the line says."""
        entry = parse_line(self.raw)
        said = (entry.seq, entry.prev_hash, entry.hash) if entry else None
        return said == (self.seq, self.prev_hash, self.hash)


@dataclass(frozen=True)
class PostgresLedgerStore:
    """`ports.LedgerStore` for the chain of one origin, or, to be read only, for all of them."""

    database: LedgerDatabase
    clock: Clock
    observer: Observer
    origin: str | None = None
    terms: Terms = TERMS

    @property
    def location(self) -> str:
        """The URL without its password."""
        return self.database.location

    @property
    def paths(self) -> tuple[Path, ...]:
        """No files."""
        return ()

    def exists(self) -> bool:
        """Whether there is a schema."""
        with closing(Session(self.database, LEDGER)) as session:
            return session.run(version_of) is not None

    def require_usable(self) -> None:
        """Raises LedgerError unless there is a schema of our version, and this role may read the
        chain."""
        self._read(lambda _: None)

    def lines(self) -> tuple[Entry | None, ...]:
        """Every line, chain by chain. One that was imported into several chains comes once."""
        seen: set[str] = set()
        lines: list[Entry | None] = []
        for rows in self._rows().values():
            lines.extend(parse_line(row.raw) for row in rows if row.hash not in seen)
            seen.update(row.hash for row in rows)
        return tuple(lines)

    def verify(self) -> tuple[ChainReport, ...]:
        """Check each chain, and that the columns of each row are what its line says."""
        return tuple(_report(chain, rows) for chain, rows in self._rows().items())

    def chains(self) -> Mapping[str, Sequence[bytes]]:
        """The lines of each chain, by origin."""
        return {chain: [row.raw for row in rows] for chain, rows in self._rows().items()}

    def adopt(self, lines: Sequence[bytes], *, origins: Collection[str], run_id: str) -> int:
        """Add lines to the chains of these origins, one after the other. Raises LedgerError and
        LockHeldError."""
        added = 0
        for origin in origins:
            with replace(self, origin=origin).open(run_id) as ledger:
                added = max(added, ledger.adopt(lines))
        return added

    def holder(self) -> str | None:
        """What the applies that hold a lock say of themselves."""
        return "; ".join(self._read(lambda found: holders(found, chain=self.origin))) or None

    @contextmanager
    def open(self, run_id: str) -> Iterator[PostgresLedger]:
        """Take the lease of the origin, and keep it renewed. If its last holder let it expire,
        first waits until nothing that it sent can still arrive. Raises LockHeldError and
        LedgerError."""
        holder = uuid.uuid4()
        with closing(Session(self.database, LEDGER)) as session:
            session.run(self._require_writable, within=self.terms.answer_seconds)
            sent = self.clock.boottime()
            taken = self._taken(session, holder=holder, run_id=run_id)
            lease = Lease(
                self.database,
                chain=self._chain,
                holder=holder,
                terms=self.terms,
                clock=self.clock,
                until=sent + self.terms.seconds,
            )
            ledger: PostgresLedger | None = None
            try:
                with lease.renewed():
                    self._outlast(taken)
                    ledger = self._opened(session, lease=lease, taken=taken, run_id=run_id)
                    yield ledger
            finally:
                requests = ledger.requests if ledger is not None else None
                if requests is None:  # it has sent nothing, so the next one inherits the same
                    since = self.clock.boottime() - sent
                    requests = [age + since for age in taken.inherited]
                with suppress(LedgerError):  # it expires
                    session.run(
                        lambda found: lease.release(found, requests=requests),
                        within=self.terms.answer_seconds,
                    )

    @property
    def _chain(self) -> str:
        if self.origin is None:
            raise ValueError("the ledgers of all tenants together can only be read")
        return self.origin

    def _taken(self, session: Session, *, holder: uuid.UUID, run_id: str) -> Taken:
        about = f"pid {os.getpid()}, run {run_id}, on {socket.gethostname()}"

        def work(connection: psycopg.Connection) -> Taken:
            return take(connection, chain=self._chain, holder=holder, about=about, terms=self.terms)

        try:
            return session.run(work, within=self.terms.answer_seconds)
        except HeldError as error:
            raise LockHeldError(
                f"Another apply holds {self._chain} in {self.location} ({error}).",
                hint="Wait for it to finish. If it was killed, its lock ends "
                f"{self.terms.seconds:.0f} s after it last renewed it.",
            ) from None

    def _outlast(self, taken: Taken) -> None:
        """Wait until the last request of a holder that was cut off has arrived, or never will."""
        seconds = self.terms.request_seconds - taken.for_seconds
        if taken.expired is None or seconds <= 0:
            return
        who = f" ({taken.expired})" if taken.expired else ""
        self.observer.notice(
            Warned(
                message=f"The last apply to {self._chain} did not end in order{who}. Waiting "
                f"{seconds:.0f} s, until nothing that it sent can still arrive."
            )
        )
        self.clock.sleep(seconds)

    def _opened(
        self, session: Session, *, lease: Lease, taken: Taken, run_id: str
    ) -> PostgresLedger:
        rows = session.run(lambda connection: _rows(connection, self._chain))
        return PostgresLedger(
            session,
            location=self.location,
            chain=self._chain,
            fence=taken.fence,
            lease=lease,
            terms=self.terms,
            rows=[(row.seq, row.hash, row.line) for row in rows.get(self._chain, [])],
            inherited=taken.inherited,
            run_id=run_id,
            clock=self.clock,
            observer=self.observer,
        )

    def _rows(self) -> Mapping[str, Sequence[Row]]:
        return self._read(lambda connection: _rows(connection, self.origin))

    def _require_readable(self, connection: psycopg.Connection) -> None:
        require_current(connection, self.database)
        if self.origin is not None:
            require_readable(connection, location=self.location, chain=self.origin)

    def _require_writable(self, connection: psycopg.Connection) -> None:
        require_current(connection, self.database)
        require_writable(connection, location=self.location, chain=self._chain)

    def _read(self, work: Callable[[psycopg.Connection], ResultT]) -> ResultT:
        with closing(Session(self.database, LEDGER)) as session:
            session.run(self._require_readable)
            return session.run(work)


def fleet_fence_in(database: LedgerDatabase) -> int | None:
    """The fence of the run that holds the fleet's lock now; None if none does. Raises
    LedgerError."""
    with closing(Session(database, LEDGER)) as session:
        return session.run(fleet_fence)


def _rows(connection: psycopg.Connection, chain: str | None) -> dict[str, list[Row]]:
    """The rows of this chain or of all, by chain."""
    rows: dict[str, list[Row]] = {}
    for name, *columns in connection.execute(_ROWS, {"chain": chain}):
        rows.setdefault(name, []).append(Row(*columns))
    return rows


def _report(chain: str, rows: Sequence[Row]) -> ChainReport:
    faults = list(check_chain([row.raw for row in rows]))
    faulty = {fault.line for fault in faults}
    faults += (
        Fault(number, "is not what the columns of its row say")
        for number, row in enumerate(rows, start=1)
        if number not in faulty and not row.is_consistent
    )
    last = parse_line(rows[-1].raw)
    return ChainReport(
        faults=tuple(sorted(faults, key=lambda fault: fault.line)),
        lines=len(rows),
        torn=None,
        set_aside=None,
        last_hash=last.hash if last is not None else "",
        chain=chain,
    )
