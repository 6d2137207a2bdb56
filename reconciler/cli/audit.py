"""`reconciler audit`: `list`, `show` and `verify`."""

from __future__ import annotations

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.output import columns, json_even_on_failure, show
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress import progress
from reconciler.formats.audit import chain_json, entries_json, runs_json
from reconciler.formats.failure import failure_json
from reconciler.model.event import Warned
from reconciler.operations import audit
from reconciler.operations.services import ledger_store
from reconciler.reports.audit import chains_text, history_text, runs_text

_slot_option = click.option(
    "--slot", metavar="SLOT", help="Only what concerns this slot, by id or name."
)


@click.group("audit", epilog="Example: reconciler audit verify")
@verbosity_option
def audit_command() -> None:
    """Check the ledger, list its runs, or print its history."""


@audit_command.command("verify", epilog="Example: reconciler audit verify")
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failure_json)
def verify_command(output: str) -> int:
    """Check that no line of the ledger was changed, removed, inserted or moved.

    This detects accidental damage and careless edits. Anyone who can rewrite the whole file can
    rewrite the chain too, so compare the last hash with the `ledger_hash` in the JSON of the last
    run, or with what it printed with -v.
    """
    ledger = ledger_store(clock=terminal_clock())
    reports = audit.verify(ledger)
    show(chain_json(reports) if output == "json" else chains_text(reports, name=ledger.location))
    return 0 if all(report.is_whole for report in reports) else 1


@audit_command.command("list", epilog="Example: reconciler audit list")
@_slot_option
@format_option("text", "json")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def list_command(slot: str | None, output: str) -> int:
    """List the runs: when, who, from which commit, and what became of each."""
    history = audit.history(ledger_store(clock=terminal_clock()), slot=slot)
    _warn_of_damage(history)
    if output == "json":
        show(runs_json(history.runs))
    else:
        show_paged(runs_text(history.runs, width=columns()))
    return 0


@audit_command.command(
    "show", epilog="Example: reconciler audit show --run 20260302T090000Z-1a2b3c"
)
@click.option("--run", "run_id", metavar="RUN_ID", help="Only this run.")
@_slot_option
@format_option("text", "json")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def show_command(run_id: str | None, slot: str | None, output: str) -> int:
    """Print who changed what, from which commit, and with what result."""
    ledger = ledger_store(clock=terminal_clock())
    history = audit.history(ledger, run_id=run_id, slot=slot)
    _warn_of_damage(history)
    if output == "json":
        show(entries_json(history.entries))
    else:
        show_paged(history_text(history.entries, at_work=history.at_work))
    return 0


def _warn_of_damage(history: audit.AuditHistory) -> None:
    if history.damage:
        progress().notice(Warned(message=history.damage))
