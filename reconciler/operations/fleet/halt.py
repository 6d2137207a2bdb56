"""Halt a run of the fleet, from anywhere."""

from __future__ import annotations

from reconciler.errors import ConfigurationError
from reconciler.model.closest import closest
from reconciler.planning.fleet_history import fleet_history
from reconciler.ports import Halts, LedgerStore


def fleet_halt(run_id: str, *, ledger: LedgerStore, halts: Halts, by: str) -> None:
    """Ask the controller of a run to begin nothing new. `ledger` is that of the fleet, and `by` is
    who asks.

    Raises ConfigurationError if there is no such run or it has ended, and LedgerError.
    """
    runs = {each.run_id: each for each in fleet_history(ledger.lines()).runs}
    run = runs.get(run_id)
    if run is None:
        close = closest(run_id, runs)
        raise ConfigurationError(
            f"The fleet's ledger has no run {run_id!r}.",
            hint=f"Did you mean {close}?" if close else "`reconciler fleet status` shows the last.",
        )
    if run.ended_at is not None:
        raise ConfigurationError(
            f"The run {run_id} has already ended.", hint="Nothing of it is under way."
        )
    halts.ask(run_id, by=by)
