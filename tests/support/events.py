"""The kinds of events in a ledger, as documented."""

from __future__ import annotations

EVENTS = (
    "run_started",
    "change_started",
    "change_applied",
    "gate_passed",
    "gate_failed",
    "gate_inconclusive",
    "rollback_started",
    "change_rolled_back",
    "rollback_failed",
    "change_failed",
    "change_recovered",
    "webhook_failed",
    "run_finished",
)
