"""Joins adapters to planning and engine: what each command needs, ready to use.

connection   the tenant and the webhook
history      the ledger
planning     a plan, and what the ledger adds to it
forecast     how long its gates will wait
health       how its slots fare right now
run_policy   what a run judges and acts by
"""

from reconciler.wiring.connection import Connection, connected, notifier_for
from reconciler.wiring.forecast import with_forecast
from reconciler.wiring.health import check_health
from reconciler.wiring.history import history_of, read_history, require_usable_ledger
from reconciler.wiring.planning import TOOL_MAJOR, compare, drift_causes, plan, to_judge_again
from reconciler.wiring.run_policy import new_run_id, require_bot, run_policy_for

__all__ = [
    "TOOL_MAJOR",
    "Connection",
    "check_health",
    "compare",
    "connected",
    "drift_causes",
    "history_of",
    "new_run_id",
    "notifier_for",
    "plan",
    "read_history",
    "require_bot",
    "require_usable_ledger",
    "run_policy_for",
    "to_judge_again",
    "with_forecast",
]
