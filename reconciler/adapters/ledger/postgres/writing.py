"""The ledger of the running apply, the only one that writes its chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import psycopg

from reconciler.adapters.ledger.lines import Lines
from reconciler.adapters.ledger.postgres.lease import Lease, Terms, state
from reconciler.adapters.ledger.postgres.pools import require_writable
from reconciler.adapters.postgres import Session, UnreachableError
from reconciler.errors import LedgerError
from reconciler.model.event import Warned
from reconciler.model.ledger import Entry, parse_line
from reconciler.ports import Clock, Observer

ResultT = TypeVar("ResultT")

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 2.0
_APPEND = """
insert into reconciler.event (chain, seq, fence, prev_hash, hash, line)
select l.chain, %(seq)s, l.fence, %(prev_hash)s, %(hash)s, %(line)s
from reconciler.lease l join reconciler.holder h on h.id = l.holder
where l.chain = %(chain)s and l.fence = %(fence)s and h.expires_at > clock_timestamp()
  and (%(seq)s = 1 or exists (
    select from reconciler.event
    where chain = %(chain)s and seq = %(seq)s - 1 and hash = %(prev_hash)s))
for share of l
"""
_AT = "select hash from reconciler.event where chain = %s and seq = %s"
_HINT = "Nothing more is sent to the tenant. Run apply again: it recovers what this one left open."


class PostgresLedger:
    """`ports.Ledger` for one chain; created only by `PostgresLedgerStore.open`."""

    def __init__(
        self,
        session: Session,
        *,
        location: str,
        chain: str,
        fence: int,
        lease: Lease,
        terms: Terms,
        rows: Sequence[tuple[int, str, str]],
        inherited: Sequence[float],
        run_id: str,
        clock: Clock,
        observer: Observer,
    ) -> None:
        self._session = session
        self._location = location
        self._chain = chain
        self.fence = fence
        self._lease = lease
        self._terms = terms
        self._clock = clock
        self._observer = observer
        entries = [parse_line(line.encode()) for _, _, line in rows]
        self._lines = Lines(entries, location=location, run_id=run_id, clock=clock)
        if rows:
            self._lines.seq, self._lines.last_hash, _ = rows[-1]
        self._failure: LedgerError | None = None
        self.inherited = tuple(inherited)
        self.requests: Sequence[float] | None = None
        """What is handed over to the next holder; None if this one had no connection."""

    @property
    def lines(self) -> tuple[Entry | None, ...]:
        """The lines of all runs at this origin, this one's too; None is an invalid line."""
        return self._lines.entries

    @property
    def last_hash(self) -> str:
        """The hash of the last line, "" before the first."""
        return self._lines.last_hash

    def append(self, event: str, /, **data: Any) -> None:
        """Commit one line, while the lease lives. Raises LedgerError; after that, nothing more is
        recorded."""
        self._require_unharmed()
        line, entry = self._lines.next(event, data)
        values = self._values(line, entry)

        def work(connection: psycopg.Connection) -> bool:
            try:
                is_new = connection.execute(_APPEND, values).rowcount == 1
            except psycopg.errors.UniqueViolation:
                is_new = False
            return is_new or self._is_there(connection, entry)

        if not self._promptly(work):
            raise self._failed(self._why_refused())
        self._lines.grow(entry)

    def adopt(self, lines: Sequence[bytes]) -> int:
        """Commit these whole lines as they are, all at once, if the first of them are ours; returns
        how many are new. Raises LedgerError."""
        self._require_unharmed()
        entries = [entry for entry in map(parse_line, lines) if entry is not None]
        ours = self._lines.entries
        known = len(ours)
        if [each and each.hash for each in ours] != [e.hash for e in entries[:known]]:
            raise LedgerError(
                f"The ledger of {self._chain} has {known} lines, with which those to be added do "
                "not begin.",
                hint="Import into an empty ledger, or one that begins like the file.",
            )
        rows = [self._values(line, entry) for line, entry in zip(lines, entries, strict=True)][
            known:
        ]

        def work(connection: psycopg.Connection) -> bool:
            if self._is_there(connection, entries[-1]):
                return True
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_APPEND, rows)
                inserted = cursor.rowcount
                if inserted != len(rows):
                    raise psycopg.Rollback
            return inserted == len(rows)

        if rows and not self._done(work, within=None):
            raise self._failed(self._why_refused())
        for entry in entries[known:]:
            self._lines.grow(entry)
        return len(rows)

    def _values(self, line: bytes, entry: Entry) -> dict[str, str | int]:
        return {
            "chain": self._chain,
            "fence": self.fence,
            "seq": entry.seq,
            "prev_hash": entry.prev_hash,
            "hash": entry.hash,
            "line": line.decode(),
        }

    def require(self, seconds: float) -> None:
        """Raises LedgerError unless the lease lives for this long and a margin, renewing it if need
        be; after that, nothing more is recorded."""
        self._require_unharmed()
        needed = seconds + self._terms.margin_seconds if seconds else 0.0
        if self._lease.seconds_left > needed:
            return
        self._promptly(self._lease.renew)
        if self._lease.is_lost:
            raise self._failed(self._why_refused())
        if self._lease.seconds_left < needed:
            raise self._failed(
                LedgerError(
                    f"The lock on {self._chain} lives for {self._lease.seconds_left:.0f} s, and a "
                    f"write may need {needed:.0f} s.",
                    hint=_HINT,
                )
            )

    def hand_over(self, requests: Sequence[float]) -> None:
        """Leave the next holder the ages in seconds of the last minute's requests."""
        self.requests = tuple(requests)

    def _is_there(self, connection: psycopg.Connection, entry: Entry) -> bool:
        """Whether this very line was committed before, although that was not confirmed."""
        found = connection.execute(_AT, [self._chain, entry.seq]).fetchall()
        return found == [(entry.hash,)]

    def _done(
        self, work: Callable[[psycopg.Connection], ResultT], *, within: float | None
    ) -> ResultT:
        """What `work` returns, which may be done twice: again while the database cannot be reached
        and the lease may live. Raises LedgerError."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return self._session.run(work, within=within)
            except UnreachableError as error:
                if self._lease.seconds_left <= pause:
                    raise self._failed(LedgerError(error.message, hint=_HINT)) from None
                if pause == _FIRST_PAUSE_SECONDS:
                    self._observer.notice(Warned(message=f"{error.message} Trying again."))
                with self._clock.shielded():
                    self._clock.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
            except LedgerError as error:
                raise self._failed(error) from None

    def _promptly(self, work: Callable[[psycopg.Connection], ResultT]) -> ResultT:
        """What `work` returns, which the database answers soon or not at all; see `_done`."""
        return self._done(work, within=self._terms.answer_seconds)

    def _why_refused(self) -> LedgerError:
        """What has become of the lease or, if it lives, of the last line."""

        def work(connection: psycopg.Connection) -> tuple[int, str | None, bool] | None:
            require_writable(connection, location=self._location, chain=self._chain)
            return state(connection, chain=self._chain)

        found = self._promptly(work)
        if found is None:
            return LedgerError(
                f"The ledger {self._location} has lost the lock on {self._chain}.",
                hint="Nothing more is sent to the tenant. If the database was restored or failed "
                "over, lines may be lost: this run's output lists its changes.",
            )
        fence, about, is_alive = found
        if fence != self.fence:
            by = f" ({about})" if about else ""
            return LedgerError(
                f"Another apply has taken this tenant over{by}: {self._chain}.", hint=_HINT
            )
        if not is_alive:
            return LedgerError(
                f"The lock on {self._chain} has expired, because this apply did not renew it for "
                f"{self._terms.seconds:.0f} s.",
                hint=_HINT,
            )
        return LedgerError(
            f"The ledger {self._location} does not have line {self._lines.seq} of {self._chain} "
            "any more, which this apply has written or read.",
            hint="Nothing more is sent to the tenant. If the database was restored or failed over, "
            "lines may be lost: this run's output lists its changes.",
        )

    def _require_unharmed(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _failed(self, failure: LedgerError) -> LedgerError:
        self._failure = failure
        return failure
