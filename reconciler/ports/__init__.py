"""The seams of an apply: everything that the engine needs from outside, as Protocols.

Each has a real adapter and, in the tests, a fake. The events of a run go to an Observer; SILENT
ignores them, so that an algorithm needs no special case if nobody observes it.
"""

from __future__ import annotations

from reconciler.ports.credentials import Credentials
from reconciler.ports.examination import Examiner
from reconciler.ports.fleet import (
    NO_CHECKS,
    Checks,
    Dispatcher,
    FleetObserver,
    Halts,
    WorkerObserver,
)
from reconciler.ports.ledger import UNSHARED, Lease, Ledger, LedgerStore, Unshared
from reconciler.ports.repository import Repository
from reconciler.ports.run import SILENT, Clock, Confirmation, Notifier, Observer, Ports
from reconciler.ports.tenant import Connection, Permission, Sighting, Tenant
from reconciler.ports.upstream import Upstream

__all__ = [
    "NO_CHECKS",
    "SILENT",
    "UNSHARED",
    "Checks",
    "Clock",
    "Confirmation",
    "Connection",
    "Credentials",
    "Dispatcher",
    "Examiner",
    "FleetObserver",
    "Halts",
    "Lease",
    "Ledger",
    "LedgerStore",
    "Notifier",
    "Observer",
    "Permission",
    "Ports",
    "Repository",
    "Sighting",
    "Tenant",
    "Unshared",
    "Upstream",
    "WorkerObserver",
]
