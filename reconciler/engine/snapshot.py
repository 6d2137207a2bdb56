"""A snapshot of the tenant before the first change of a run, for a person to go back to.

A run without one changes nothing. Like a write, it is recorded before it is asked for, so the
ledger names each snapshot that we may have left on the tenant.
"""

from __future__ import annotations

from reconciler.errors import NoSnapshotError, TenantError
from reconciler.model.event import SnapshotBegun, SnapshotTaken
from reconciler.model.settings import Snapshot
from reconciler.ports import Ports


def take_snapshot(run_id: str, *, settings: Snapshot, ports: Ports) -> str:
    """Take a snapshot that is named after the run, and return its name.

    Raises NoSnapshotError, LedgerError and Interrupted.
    """
    name = f"reconciler-{run_id}"
    ports.ledger.append("snapshot_started", name=name)
    ports.observer.notice(SnapshotBegun(name=name))
    try:
        ports.tenant.take_snapshot(
            name,
            description=f"Taken by reconciler before the first change of its run {run_id}.",
            until=ports.clock.monotonic() + settings.timeout_seconds,
        )
    except TenantError as error:
        ports.ledger.append("snapshot_failed", name=name, reason=error.message)
        raise NoSnapshotError(
            f"There is no snapshot to go back to, so the plan was not begun. {error.message}",
            hint=f"{error.hint} To apply without one, leave out snapshot.before_apply.".strip(),
        ) from error
    ports.ledger.append("snapshot_taken", name=name)
    ports.observer.notice(SnapshotTaken(name=name))
    return name
