"""PostgreSQL as the ledger uses it: the real adapter, whose statements are carried out in memory.

A statement that the adapter sends and this does not know is an error, so both stay together. What
the statements mean on a real server is tested with one, in tests/adapters/ledger/postgres.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reconciler.adapters.ledger.postgres import lease, pools, schema, store, writing
from tests.simulation.fleet.scheduler import Scheduler

ResultT = TypeVar("ResultT")
Rows = Sequence[tuple[Any, ...]]


@dataclass
class LeaseRow:
    """A chain's lease."""

    fence: int = 0
    holder: uuid.UUID | None = None
    requests: list[float] = field(default_factory=list)


@dataclass
class HolderRow:
    """A process that holds a lease."""

    expires_at: float
    about: str


@dataclass(frozen=True)
class EventRow:
    """A line of a chain."""

    seq: int
    fence: int
    prev_hash: str
    hash: str
    line: str


@dataclass
class Tables:
    """What is committed."""

    events: dict[str, list[EventRow]] = field(default_factory=dict)
    leases: dict[str, LeaseRow] = field(default_factory=dict)
    holders: dict[uuid.UUID, HolderRow] = field(default_factory=dict)

    def copy(self) -> Tables:
        """As they are now."""
        return Tables(
            events={chain: [*rows] for chain, rows in self.events.items()},
            leases=deepcopy(self.leases),
            holders=deepcopy(self.holders),
        )


class Cursor:
    """What a statement returned."""

    def __init__(self, rows: Rows = (), *, rowcount: int | None = None) -> None:
        self._rows = rows
        self.rowcount = len(rows) if rowcount is None else rowcount

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return list(self._rows)


class Database:
    """The server. It checks every append as the statement of the adapter does."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self.tables = Tables()
        self.on_append: Callable[[str, str], None] = lambda _chain, _line: None
        """Hears of each line that is committed."""
        self.appended = ""
        """The event of the line that the last statements appended."""
        self._statements: Mapping[str, Callable[..., Cursor]] = {
            "select to_regclass('reconciler.version') is not null": lambda: Cursor([(True,)]),
            "select number from reconciler.version": lambda: Cursor([(len(schema.MIGRATIONS),)]),
            "insert into reconciler.lease (chain, fence) values (%s, 0) on conflict do nothing": (
                self._ensure_lease
            ),
            "delete from reconciler.holder where id = %s": self._delete_holder,
            pools._IS_LIMITED: lambda: Cursor([(False,)]),  # no pool has a role of its own
            lease._LOCK: lambda chain: Cursor([(self.tables.leases[chain].holder,)]),
            lease._LOCK_HOLDER: self._holder,
            lease._STATE: self._state,
            lease._FIND: self._holders,
            lease._AGES: self._ages,
            lease._HOLD: self._hold,
            lease._TAKE: self._take,
            lease._RENEW: self._renew,
            lease._RELEASE: self._release,
            writing._APPEND: self._append,
            writing._AT: self._hash_at,
            store._ROWS: self._rows,
        }

    @property
    def now(self) -> float:
        """clock_timestamp()."""
        return self._scheduler.now

    def execute(self, statement: str, values: Any = ()) -> Cursor:
        """Carry out one statement."""
        act = self._statements[statement]
        return act(**values) if isinstance(values, Mapping) else act(*values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Undo everything if the block fails. No other process runs meanwhile."""
        before = self.tables.copy()
        try:
            yield
        except BaseException:
            self.tables = before
            raise

    def fail_over_to(self, standby: Tables) -> int:
        """The primary is lost; the standby takes its place, and lacks what had not reached it.
        Returns how many lines it lacks."""
        former, self.tables = self.tables, standby
        return sum(map(len, former.events.values())) - sum(map(len, standby.events.values()))

    def is_alive(self, holder: uuid.UUID | None) -> bool:
        """Whether this is a holder whose lease has not expired."""
        row = self.tables.holders.get(holder) if holder else None
        return row is not None and row.expires_at > self.now

    def is_led(self, chain: str, *, fence: int) -> bool:
        """Whether the holder of the lease with this fence lives."""
        row = self.tables.leases.get(chain)
        return row is not None and row.fence == fence and self.is_alive(row.holder)

    def last_fence(self, chain: str) -> int:
        """That of the last line of the chain."""
        rows = self.tables.events.get(chain)
        return rows[-1].fence if rows else 0

    def _ensure_lease(self, chain: str) -> Cursor:
        self.tables.leases.setdefault(chain, LeaseRow())
        return Cursor()

    def _delete_holder(self, holder: uuid.UUID) -> Cursor:
        self.tables.holders.pop(holder, None)
        return Cursor()

    def _holder(self, holder: uuid.UUID) -> Cursor:
        row = self.tables.holders.get(holder)
        if row is None:
            return Cursor()
        return Cursor([(row.about, row.expires_at > self.now, self.now - row.expires_at)])

    def _state(self, chain: str) -> Cursor:
        row = self.tables.leases.get(chain)
        if row is None:
            return Cursor()
        holder = self.tables.holders.get(row.holder) if row.holder else None
        return Cursor([(row.fence, holder and holder.about, self.is_alive(row.holder))])

    def _holders(self, *, chain: str | None) -> Cursor:
        chains = [chain] if chain is not None else sorted(self.tables.leases)
        rows = [self.tables.leases[each] for each in chains if each in self.tables.leases]
        living = [each.holder for each in rows if each.holder and self.is_alive(each.holder)]
        return Cursor([(self.tables.holders[each].about,) for each in living])

    def _ages(self, chain: str) -> Cursor:
        return Cursor([(self.now - ended,) for ended in sorted(self.tables.leases[chain].requests)])

    def _hold(self, holder: uuid.UUID, seconds: float, about: str, _chain: str) -> Cursor:
        self.tables.holders[holder] = HolderRow(self.now + seconds, about)
        return Cursor()

    def _take(self, holder: uuid.UUID, chain: str) -> Cursor:
        row = self.tables.leases[chain]
        row.fence, row.holder, row.requests = row.fence + 1, holder, []
        return Cursor([(row.fence,)])

    def _renew(self, seconds: float, holder: uuid.UUID) -> Cursor:
        if not self.is_alive(holder):
            return Cursor()
        self.tables.holders[holder].expires_at = self.now + seconds
        return Cursor(rowcount=1)

    def _release(self, ages: Sequence[float], chain: str, holder: uuid.UUID) -> Cursor:
        row = self.tables.leases.get(chain)
        if row is not None and row.holder == holder:
            row.holder, row.requests = None, [self.now - age for age in ages]
        return Cursor()

    def may_append(self, chain: str, *, fence: int) -> bool:
        """Whether a line with this fence is taken."""
        return self.is_led(chain, fence=fence)

    def _append(self, *, chain: str, seq: int, fence: int, **row: str) -> Cursor:
        rows = self.tables.events.setdefault(chain, [])
        follows = rows[-1].hash == row["prev_hash"] if rows else seq == 1
        if not self.may_append(chain, fence=fence) or seq != len(rows) + 1 or not follows:
            return Cursor()
        rows.append(EventRow(seq=seq, fence=fence, **row))
        self.appended = json.loads(row["line"])["event"]
        self.on_append(chain, row["line"])
        return Cursor(rowcount=1)

    def _hash_at(self, chain: str, seq: int) -> Cursor:
        rows = self.tables.events.get(chain, [])
        return Cursor([(each.hash,) for each in rows if each.seq == seq])

    def _rows(self, *, chain: str | None) -> Cursor:
        chains = [chain] if chain is not None else sorted(self.tables.events)
        return Cursor(
            [
                (name, each.seq, each.prev_hash, each.hash, each.line)
                for name in chains
                for each in self.tables.events.get(name, [])
            ]
        )
