"""The lock of one chain: a lease that its holder renews, and that expires with it.

    free ── take ──> held ── release ──> free
                      │  ^
                      │  └── renew, every 15 s, and whenever a write needs more time
                      │
                      └── not renewed for 75 s ──> expired ── take, by another ──> held

Each take raises the fence. An expired lease cannot be renewed. A take locks the holder's row, so if
a renewal comes at the same moment, one of them sees the other. Times are those of the database,
except that the holder counts 75 s from when it sent its last renewal, which is never too long.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

import psycopg

from reconciler.adapters.ledger.postgres.use import LEDGER
from reconciler.adapters.postgres import Session
from reconciler.errors import LedgerError
from reconciler.model.access import LedgerDatabase
from reconciler.ports import Clock

_LOCK = "select holder from reconciler.lease where chain = %s for update"
_LOCK_HOLDER = """
select about, expires_at > clock_timestamp(),
       extract(epoch from clock_timestamp() - expires_at)::float8
from reconciler.holder where id = %s for update
"""
_FIND = """
select h.about from reconciler.lease l join reconciler.holder h on h.id = l.holder
where (l.chain = %(chain)s or %(chain)s is null) and h.expires_at > clock_timestamp()
order by l.chain
"""
_FLEET_FENCE = "select reconciler.fleet_fence()"
_STATE = """
select l.fence, h.about, coalesce(h.expires_at > clock_timestamp(), false)
from reconciler.lease l left join reconciler.holder h on h.id = l.holder where l.chain = %s
"""
_AGES = """
select extract(epoch from clock_timestamp() - ended)::float8
from reconciler.lease, unnest(requests) ended where chain = %s order by ended
"""
_HOLD = """
insert into reconciler.holder (id, expires_at, about, chain)
values (%s, clock_timestamp() + make_interval(secs => %s), %s, %s)
"""
_TAKE = """
update reconciler.lease set fence = fence + 1, holder = %s, requests = '{}' where chain = %s
returning fence
"""
_RENEW = """
update reconciler.holder set expires_at = clock_timestamp() + make_interval(secs => %s)
where id = %s and expires_at > clock_timestamp()
"""
_RELEASE = """
update reconciler.lease set holder = null, requests = coalesce((
    select array_agg(clock_timestamp() - make_interval(secs => age)) from unnest(%s::float8[]) age
), '{}') where chain = %s and holder = %s
"""


@dataclass(frozen=True)
class Terms:
    """How long a lease lives without being renewed, how often it is, how long a request of its
    holder may be on its way, how long after the check of the lease a write may leave, and how long
    the database may take to answer its holder, in seconds."""

    seconds: float = 75.0
    renewed_every: float = 15.0
    request_seconds: float = 60.0
    margin_seconds: float = 5.0
    answer_seconds: float = 20.0


TERMS = Terms()


@dataclass(frozen=True)
class Taken:
    """A lease that was just taken.

    `inherited` says how many seconds ago each request of its last holder ended. If that one let the
    lease expire, `expired` is what it was and `for_seconds` how long ago the lease expired.
    """

    fence: int
    inherited: Sequence[float] = ()
    expired: str | None = None
    for_seconds: float = 0.0


class HeldError(Exception):
    """Another process holds the lease; its message says which."""


def holders(connection: psycopg.Connection, *, chain: str | None) -> list[str]:
    """What each process that holds the lease of this chain, or of any, says of itself."""
    return [about for (about,) in connection.execute(_FIND, {"chain": chain})]


def fleet_fence(connection: psycopg.Connection) -> int | None:
    """The fence of the fleet's lease, if it has not expired; None if nobody has it. The role of a
    pool, which does not see that lease, may ask for it too."""
    ((fence,),) = connection.execute(_FLEET_FENCE).fetchall()
    return None if fence is None else int(fence)


def state(connection: psycopg.Connection, *, chain: str) -> tuple[int, str | None, bool] | None:
    """The fence of a lease, what its holder says of itself, if anyone has it, and whether it has
    not expired; None if nobody ever took it, as far as the database knows."""
    for fence, about, is_alive in connection.execute(_STATE, [chain]):
        return fence, about, is_alive
    return None


def take(
    connection: psycopg.Connection, *, chain: str, holder: uuid.UUID, about: str, terms: Terms
) -> Taken:
    """Take the lease. Raises HeldError if another process holds it."""
    with connection.transaction():
        connection.execute(
            "insert into reconciler.lease (chain, fence) values (%s, 0) on conflict do nothing",
            [chain],
        )
        ((former,),) = connection.execute(_LOCK, [chain]).fetchall()
        expired, for_seconds = None, 0.0
        if former is not None:
            expired, for_seconds = _evicted(connection, former)
        inherited = [age for (age,) in connection.execute(_AGES, [chain])]
        connection.execute(_HOLD, [holder, terms.seconds, about, chain])
        ((fence,),) = connection.execute(_TAKE, [holder, chain]).fetchall()
    return Taken(fence, inherited=inherited, expired=expired, for_seconds=for_seconds)


def _evicted(connection: psycopg.Connection, former: uuid.UUID) -> tuple[str, float]:
    """What the former holder was, and how long ago its lease expired. Raises HeldError if it did
    not."""
    found = connection.execute(_LOCK_HOLDER, [former]).fetchall()
    if not found:  # it was evicted from another chain
        return "", 0.0
    ((about, is_alive, for_seconds),) = found
    if is_alive:
        raise HeldError(about)
    connection.execute("delete from reconciler.holder where id = %s", [former])
    return about, for_seconds


class Lease:
    """A lease that was taken, as its holder sees it; a thread renews it inside `renewed`."""

    def __init__(
        self,
        database: LedgerDatabase,
        *,
        chain: str,
        holder: uuid.UUID,
        terms: Terms,
        clock: Clock,
        until: float,
    ) -> None:
        self._database = database
        self._chain = chain
        self._holder = holder
        self._terms = terms
        self._clock = clock
        self._until = until
        self._is_lost = False

    @property
    def seconds_left(self) -> float:
        """How long it lives for certain if it is not renewed any more; 0 once it is lost."""
        return 0.0 if self._is_lost else self._until - self._clock.boottime()

    @property
    def is_lost(self) -> bool:
        """Whether the database has said that it expired or was taken over."""
        return self._is_lost

    def renew(self, connection: psycopg.Connection) -> None:
        """Renew it, or find that it is lost."""
        sent = self._clock.boottime()
        renewed = connection.execute(_RENEW, [self._terms.seconds, self._holder]).rowcount
        if renewed:
            self._until = max(self._until, sent + self._terms.seconds)
        else:
            self._is_lost = True

    @contextmanager
    def renewed(self) -> Iterator[None]:
        """Renew it from a thread, until the block ends."""
        stop = threading.Event()
        thread = threading.Thread(target=self._keep, args=(stop,), name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(self._terms.renewed_every)

    def release(self, connection: psycopg.Connection, *, requests: Sequence[float]) -> None:
        """Give it back, with the ages in seconds of the last minute's requests."""
        with connection.transaction():
            connection.execute(_RELEASE, [list(requests), self._chain, self._holder])
            connection.execute("delete from reconciler.holder where id = %s", [self._holder])

    def _keep(self, stop: threading.Event) -> None:
        pause = self._terms.renewed_every
        with closing(Session(self._database, LEDGER)) as session:
            while not stop.wait(pause) and not self._is_lost:
                try:
                    session.run(self.renew, within=self._terms.answer_seconds)
                    pause = self._terms.renewed_every
                except LedgerError:  # `seconds_left` tells the next write
                    pause = min(pause, self._terms.renewed_every / 10)
