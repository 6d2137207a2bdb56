"""The seams of an apply: what the engine needs from the world, as Protocols.

Each has a real adapter and, in the tests, a fake. What happens in a run goes to an Observer, and
SILENT listens to nothing, so that an algorithm reads the same whether or not anyone listens.
"""

from __future__ import annotations

from reconciler.ports.ledger import Ledger, LedgerStore
from reconciler.ports.repository import Repository
from reconciler.ports.run import SILENT, Clock, Confirmation, Notifier, Observer, Ports
from reconciler.ports.tenant import Connection, Permission, Sighting, Tenant

__all__ = [
    "SILENT",
    "Clock",
    "Confirmation",
    "Connection",
    "Ledger",
    "LedgerStore",
    "Notifier",
    "Observer",
    "Permission",
    "Ports",
    "Repository",
    "Sighting",
    "Tenant",
]
