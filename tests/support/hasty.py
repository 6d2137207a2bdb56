"""`python -m tests.support.hasty SLOTS SECONDS`: an apply whose lock on the shared ledger ends soon
after it was last renewed, and that counts a request as over just as soon."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.ledger.postgres import PostgresLedgerStore, Terms
from reconciler.cli.progress import progress
from reconciler.errors import ReconcilerError
from reconciler.model.project import Project
from reconciler.operations.apply import Unattended, apply
from reconciler.operations.project import read_project
from reconciler.operations.services import services_for_changing
from reconciler.ports import UNSHARED, Connection, Lease, Permission


class Hasty:
    """A lease by which every write is answered at once."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self.fence = lease.fence
        self.inherited: Sequence[float] = lease.inherited

    def require(self, seconds: float) -> None:
        self._lease.require(min(seconds, 0.01))

    def hand_over(self, requests: Sequence[float]) -> None:
        self._lease.hand_over(requests)


def main(slots: str, seconds: str) -> int:
    project = read_project(Path(slots))
    services = services_for_changing(project, clock=SystemClock(), observer=progress())
    store = services.ledger
    assert isinstance(store, PostgresLedgerStore)
    terms = Terms(
        seconds=float(seconds),
        renewed_every=float(seconds) / 10,
        request_seconds=0.1,
        margin_seconds=0.1,
    )

    @contextmanager
    def connect(
        project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        with services.connect(project, permission=permission, lease=Hasty(lease)) as connection:
            yield connection

    hasty = replace(services, ledger=replace(store, terms=terms), connect=connect)
    try:
        report = apply(project, hasty, Unattended())
    except ReconcilerError as error:
        sys.stderr.write(f"{error.message}\n")
        return error.exit_code
    sys.stderr.write(f"{report.error}\n")
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
