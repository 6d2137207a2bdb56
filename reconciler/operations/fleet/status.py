"""How the fleet is, as it was recorded: no controller and no tenant is asked."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.fleet_history import FleetHistory
from reconciler.model.fleet_status import FleetStatus
from reconciler.planning.fleet_history import fleet_history
from reconciler.ports import NO_CHECKS, Checks, Clock, LedgerStore

WATCH_SECONDS = 2.0
"""How often a watched fleet is looked at."""
_PAUSE = 5
"""How many times as long as a look took is waited after it: that of a large fleet takes seconds."""


def fleet_status(ledger: LedgerStore, clock: Clock, *, checks: Checks = NO_CHECKS) -> FleetStatus:
    """The fleet as it is now, by its ledger and by the drift checks that workers make on a
    schedule. Raises LedgerError."""
    if not ledger.exists():
        return FleetStatus(at=clock.now(), history=FleetHistory())
    # The lock is read first: a run that ends in between is then finished, and not cut off.
    at_work = ledger.holder()
    history = fleet_history(ledger.lines()).looked_at(checks.latest())
    return FleetStatus(at=clock.now(), history=history, at_work=at_work)


def watched_status(
    ledger: LedgerStore, clock: Clock, *, checks: Checks = NO_CHECKS
) -> Iterator[FleetStatus]:
    """The fleet as it is, about every WATCH_SECONDS until its last run is over; the last one is of
    a fleet in which nothing runs. Raises LedgerError and Interrupted."""
    while True:
        begun = clock.monotonic()
        status = fleet_status(ledger, clock, checks=checks)
        spent = clock.monotonic() - begun
        yield status
        if not status.is_running:
            return
        clock.sleep(max(WATCH_SECONDS, _PAUSE * spent))
