"""`reconciler audit verify` and `reconciler audit show`."""

from __future__ import annotations

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.cli.progress import Progress
from reconciler.model.event import Warned
from reconciler.operations import audit
from reconciler.operations.services import ledger_store
from reconciler.reports.audit import history_text
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted


@click.group("audit", epilog="Example: reconciler audit verify")
@verbosity_option
def audit_command() -> None:
    """Check the ledger, or print its history."""


@audit_command.command("verify", epilog="Example: reconciler audit verify")
@verbosity_option
def verify_command() -> int:
    """Check that no line of the ledger was changed, removed, inserted or moved.

    This detects accidental damage and careless edits. Anyone who can rewrite the whole file can
    rewrite the chain too, so compare the last hash with the `ledger_hash` in the JSON of the last
    run, or with what it printed with -v.
    """
    ledger = ledger_store(clock=terminal_clock())
    report = audit.verify(ledger)
    name = plain(ledger.location)
    for fault in report.faults:
        show(f"{name}:{fault.line}: the line {fault.message}")
    if report.torn is not None:
        show(f"{name}:{report.torn}: a half-written line; the next apply moves it away")
    if report.set_aside is not None:
        show(f"Half-written lines from earlier crashes are in {plain(report.set_aside)}.")
    if not report.is_whole:
        return 1
    ending = f", last hash {report.last_hash}" if report.last_hash else ""
    show(f"{name} is intact: {counted(report.lines, 'line')}{ending}")
    return 0


@audit_command.command(
    "show", epilog="Example: reconciler audit show --run 20260302T090000Z-1a2b3c"
)
@click.option("--run", "run_id", metavar="RUN_ID", help="Only this run.")
@verbosity_option
def show_command(run_id: str | None) -> int:
    """Print who changed what, from which commit, and with what result."""
    history = audit.history(ledger_store(clock=terminal_clock()), run_id=run_id)
    if history.damage:
        Progress().notice(Warned(message=history.damage))
    show(history_text(history.entries, at_work=history.at_work))
    return 0
