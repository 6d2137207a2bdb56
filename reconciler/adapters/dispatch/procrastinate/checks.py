"""The drift checks that workers make on a schedule, without a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from reconciler.adapters.dispatch.procrastinate.codec import Codec
from reconciler.adapters.dispatch.procrastinate.sessions import once
from reconciler.model.access import FleetDatabase
from reconciler.model.fleet_history import Recorded
from reconciler.model.fleet_run import FleetAction

_LATEST = """
select distinct on (target) run_id, target, document from reconciler_fleet.result
where action = 'drift' and run_id like 'drift-%%' order by target, ended_at desc
"""


@dataclass(frozen=True)
class QueueChecks:
    """How each target ended in the last scheduled check of it. Results are kept for a week."""

    database: FleetDatabase
    codec: Codec

    def latest(self) -> Sequence[Recorded]:
        """The last check of each target. Raises LedgerError."""

        def work(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
            return connection.execute(_LATEST).fetchall()

        return [
            Recorded(
                fleet_run_id=run_id,
                step=1,
                result=self.codec.result(document, target=target, action=FleetAction.DRIFT),
            )
            for run_id, target, document in once(self.database, work)
        ]
