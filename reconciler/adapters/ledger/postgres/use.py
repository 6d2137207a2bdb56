"""What the database is used as, for messages."""

from __future__ import annotations

from reconciler.adapters.postgres import Use

LEDGER = Use(noun="ledger", init="reconciler ledger init")
