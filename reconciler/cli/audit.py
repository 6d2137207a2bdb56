"""`reconciler audit verify` and `reconciler audit show`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from reconciler.adapters.ledger import holder, read_bytes, read_lines, torn_path
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.cli.progress import Progress
from reconciler.environment.variables import read_environment
from reconciler.errors import LedgerError
from reconciler.planning.chain import check_chain
from reconciler.planning.damage import unreadable_lines
from reconciler.reports.audit import history_text
from reconciler.reports.escaping import plain
from reconciler.reports.words import counted


@click.group("audit", epilog="Example: reconciler audit verify")
@verbosity_option
def audit_command() -> None:
    """Check the ledger, or print its history."""


@audit_command.command("verify", epilog="Example: reconciler audit verify")
@verbosity_option
def verify_command() -> int:
    """Check that no line of the ledger was changed, removed, inserted or moved.

    It finds accidental damage and careless edits. Whoever can rewrite the whole file can rewrite
    the chain too: compare the last hash with the one that the last run printed.
    """
    path = _ledger()
    name = plain(str(path))
    content = read_bytes(path)
    *lines, tail = content.split(b"\n")
    faults = list(check_chain(lines))
    for fault in faults:
        show(f"{name}:{fault.line}: the line {fault.message}")
    if tail:
        show(f"{name}:{len(lines) + 1}: a half-written line; the next apply sets it aside")
    if torn_path(path).exists():
        show(f"Half-written lines of earlier crashes are in {plain(str(torn_path(path)))}.")
    if faults or tail:
        return 1
    last = read_lines(path)[-1] if lines else None
    ending = f", and ends with {last.hash}" if last else ""
    show(f"{name} is whole: {counted(len(lines), 'line')}{ending}")
    return 0


@audit_command.command(
    "show", epilog="Example: reconciler audit show --run 20260302T090000Z-1a2b3c"
)
@click.option("--run", "run_id", metavar="RUN_ID", help="Only this run.")
@verbosity_option
def show_command(run_id: str | None) -> int:
    """Print who changed what, from which commit, and what became of it."""
    path = _ledger()
    at_work = holder(path)  # before the lines: a run that ends in between is shown as ended
    lines = read_lines(path)
    damage = unreadable_lines(lines)
    if damage is not None:
        Progress().warned(damage)
    events = tuple(line for line in lines if line is not None)
    if run_id is not None:
        events = tuple(event for event in events if event.run_id == run_id)
        if not events:
            raise LedgerError(
                f"The ledger {path} has no run {run_id}.", hint="`reconciler audit show` lists all."
            )
    show(history_text(events, at_work=at_work))
    return 0


def _ledger() -> Path:
    """Raises LedgerError where there is none."""
    path = read_environment().ledger
    if not os.path.lexists(path):
        raise LedgerError(
            f"There is no ledger {path}.",
            hint="An apply begins one; COGNIGY_AUDIT_LOG says where.",
        )
    return path
