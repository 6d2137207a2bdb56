"""The files of the fleet, as they were reviewed, for workers elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TypeVar

import psycopg

from reconciler.adapters.dispatch.procrastinate.schema import require_current
from reconciler.adapters.dispatch.procrastinate.sessions import PatientSession
from reconciler.errors import LedgerError
from reconciler.model.access import FleetDatabase
from reconciler.ports import Clock

ResultT = TypeVar("ResultT")

_PUT = """
insert into reconciler_fleet.bundle (digest, content) values (%s, %s)
on conflict (digest) do update set stored_at = clock_timestamp()
"""
_CLEAN = """
delete from reconciler_fleet.bundle
where stored_at < clock_timestamp() - interval '30 days'
  and digest is distinct from (
    select digest from reconciler_fleet.bundle where applied_at is not null
    order by applied_at desc limit 1)
"""
_GET = "select content from reconciler_fleet.bundle where digest = %s"
_LAST = """
select digest from reconciler_fleet.bundle where applied_at is not null
order by applied_at desc limit 1
"""


@dataclass(frozen=True)
class QueueBundles:
    """Bundles in the database of the queue, which is waited for if it is away."""

    database: FleetDatabase
    clock: Clock

    def put(self, digest: str, content: bytes) -> None:
        """Store the bundle of this digest, unless it is there, and delete those that no run has
        used for 30 days, except the one that was applied last. Raises LedgerError."""

        def work(connection: psycopg.Connection) -> None:
            require_current(connection, self.database)
            connection.execute(_PUT, [digest, content])
            connection.execute(_CLEAN)

        self._run(work)

    def get(self, digest: str) -> bytes:
        """The content of the bundle with this digest. Raises LedgerError if it is not there, or
        damaged."""
        found = self._run(lambda connection: connection.execute(_GET, [digest]).fetchall())
        if not found:
            raise LedgerError(
                f"The queue {self.database.location} does not have the bundle {digest}.",
                hint="Run the command again that controls the fleet: it stores the bundle first.",
            )
        content = bytes(found[0][0])
        if f"sha256:{hashlib.sha256(content).hexdigest()}" != digest:
            raise LedgerError(
                f"The bundle {digest} in {self.database.location} was changed after it was stored.",
                hint="Nothing of it was used. Look who can write to the database, then delete its "
                "row from reconciler_fleet.bundle.",
            )
        return content

    def last_applied(self) -> str | None:
        """The digest of the bundle that was applied last; None if none was. Raises LedgerError."""
        found = self._run(lambda connection: connection.execute(_LAST).fetchall())
        return str(found[0][0]) if found else None

    def _run(self, work: Callable[[psycopg.Connection], ResultT]) -> ResultT:
        with closing(PatientSession(self.database, clock=self.clock)) as session:
            return session.run(work)
