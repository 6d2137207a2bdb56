"""What the command line reports for an apply that raised before anything was recorded."""

from __future__ import annotations

from reconciler.errors import Interrupted, ReconcilerError, Refusal
from reconciler.model.outcome import RunReport


def ended_by(error: ReconcilerError) -> RunReport:
    return RunReport(
        run_id=None,
        error=error.message,
        hint=error.hint,
        refused=isinstance(error, Refusal),
        interrupted=isinstance(error, Interrupted),
    )
