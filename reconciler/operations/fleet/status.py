"""How the fleet is, from its own ledger alone: no controller and no tenant is asked."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.fleet_history import FleetHistory
from reconciler.model.fleet_status import FleetStatus
from reconciler.planning.fleet_history import fleet_history
from reconciler.ports import Clock, LedgerStore

WATCH_SECONDS = 2.0
"""How often a watched fleet is looked at."""
_PAUSE = 5
"""How many times as long as a look took is waited after it: that of a large fleet takes seconds."""


def fleet_status(ledger: LedgerStore, clock: Clock) -> FleetStatus:
    """The fleet as it is now. Raises LedgerError."""
    if not ledger.exists():
        return FleetStatus(at=clock.now(), history=FleetHistory())
    # The lock is read first: a run that ends in between is then finished, and not cut off.
    at_work = ledger.holder()
    return FleetStatus(at=clock.now(), history=fleet_history(ledger.lines()), at_work=at_work)


def watched_status(ledger: LedgerStore, clock: Clock) -> Iterator[FleetStatus]:
    """The fleet as it is, about every WATCH_SECONDS until its last run is over; the last one is of
    a fleet in which nothing runs. Raises LedgerError and Interrupted."""
    while True:
        begun = clock.monotonic()
        status = fleet_status(ledger, clock)
        spent = clock.monotonic() - begun
        yield status
        if not status.is_running:
            return
        clock.sleep(max(WATCH_SECONDS, _PAUSE * spent))
