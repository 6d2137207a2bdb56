"""Requests to halt a run of the fleet."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from reconciler.adapters.dispatch.procrastinate.sessions import PatientSession, once
from reconciler.model.access import FleetDatabase
from reconciler.ports import Clock

_ASK = """
insert into reconciler_fleet.halt (run_id, by) values (%s, %s) on conflict (run_id) do nothing
"""
_ASKED = "select by from reconciler_fleet.halt where run_id = %s"


@dataclass(frozen=True)
class QueueHalts:
    """`ports.Halts` in the database of the queue."""

    database: FleetDatabase
    clock: Clock

    def ask(self, run_id: str, *, by: str) -> None:
        """Ask for it, unless someone has. Raises LedgerError."""
        once(self.database, lambda connection: connection.execute(_ASK, [run_id, by]))

    def asked(self, run_id: str) -> str | None:
        """Who asked for it first, None if nobody did. Waits for a database that is away. Raises
        LedgerError."""
        with closing(PatientSession(self.database, clock=self.clock)) as session:
            found = session.run(lambda connection: connection.execute(_ASKED, [run_id]).fetchall())
        return str(found[0][0]) if found else None
