"""`reconciler audit`: `list`, `show`, `verify`, `export` and `import`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import environment_option, format_option, slots_option, verbosity_option
from reconciler.cli.output import columns, json_even_on_failure, say, show
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress import progress
from reconciler.formats.audit import chain_json, entries_json, runs_json
from reconciler.formats.failure import failure_json
from reconciler.model.event import Warned
from reconciler.model.listed import listed
from reconciler.operations import audit, audit_copy
from reconciler.operations.services import ledger_store, run_ids
from reconciler.reports.audit import chains_text, history_text, runs_text
from reconciler.reports.numbers import counted

_slot_option = click.option(
    "--slot", metavar="SLOT", help="Only what concerns this slot, by id or name."
)


@click.group("audit", epilog="Example: reconciler audit verify")
@verbosity_option
def audit_command() -> None:
    """Check the ledger, list its runs, print its history, or copy it."""


@audit_command.command("verify", epilog="Example: reconciler audit verify")
@environment_option
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failure_json)
def verify_command(environment: str | None, output: str) -> int:
    """Check that no line of the ledger was changed, removed, inserted or moved.

    This detects accidental damage and careless edits. Anyone who can rewrite the whole file can
    rewrite the chain too, so compare the last hash with the `ledger_hash` in the JSON of the last
    run, or with what it printed with -v.
    """
    ledger = ledger_store(clock=terminal_clock(), environment=environment)
    reports = audit.verify(ledger)
    show(chain_json(reports) if output == "json" else chains_text(reports, name=ledger.location))
    return 0 if all(report.is_whole for report in reports) else 1


@audit_command.command("list", epilog="Example: reconciler audit list")
@environment_option
@_slot_option
@format_option("text", "json")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def list_command(environment: str | None, slot: str | None, output: str) -> int:
    """List the runs: when, who, from which commit, and what became of each."""
    history = audit.history(
        ledger_store(clock=terminal_clock(), environment=environment), slot=slot
    )
    _warn_of_damage(history)
    if output == "json":
        show(runs_json(history.runs))
    else:
        show_paged(runs_text(history.runs, width=columns()))
    return 0


@audit_command.command(
    "show", epilog="Example: reconciler audit show --run 20260302T090000Z-1a2b3c"
)
@environment_option
@click.option("--run", "run_id", metavar="RUN_ID", help="Only this run.")
@_slot_option
@format_option("text", "json")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def show_command(environment: str | None, run_id: str | None, slot: str | None, output: str) -> int:
    """Print who changed what, from which commit, and with what result."""
    ledger = ledger_store(clock=terminal_clock(), environment=environment)
    history = audit.history(ledger, run_id=run_id, slot=slot)
    _warn_of_damage(history)
    if output == "json":
        show(entries_json(history.entries))
    else:
        show_paged(history_text(history.entries, at_work=history.at_work))
    return 0


@audit_command.command("export", epilog="Example: reconciler audit export ledger.jsonl")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@environment_option
@click.option(
    "--origin", metavar="ORIGIN", help="The tenant, if a shared ledger has several: https://…."
)
@slots_option
@verbosity_option
def export_command(file: Path, environment: str | None, origin: str | None, slots: Path) -> None:
    """Write the ledger to FILE, one JSON object a line, as an apply without a database does."""
    ledger = ledger_store(clock=terminal_clock(), environment=environment)
    copied = audit_copy.export(ledger, file, origin=origin, slots=slots)
    say(f"Wrote {counted(copied.lines, 'line')} of {ledger.location} to {file}.")


@audit_command.command("import", epilog="Example: reconciler audit import slot_updates_audit.jsonl")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@environment_option
@verbosity_option
def import_command(file: Path, environment: str | None) -> None:
    """Copy the ledger in FILE to where COGNIGY_AUDIT_LOG says, with its hashes unchanged.

    In a shared ledger, each tenant that the file records runs for gets all of its lines. A ledger
    that has other lines already is refused. FILE is left as it is.
    """
    clock = terminal_clock()
    ledger = ledger_store(clock=clock, environment=environment)
    copied = audit_copy.import_(file, ledger, run_id=run_ids(clock=clock)(), clock=clock)
    known = f"; {counted(copied.known, 'line')} had been there before" if copied.known else ""
    torn = " A half-written last line was left out." if copied.torn else ""
    say(
        f"Copied {counted(copied.lines, 'line')} to {ledger.location}{known}, about "
        f"{listed(copied.origins)}.{torn}"
    )


def _warn_of_damage(history: audit.AuditHistory) -> None:
    if history.damage:
        progress().notice(Warned(message=history.damage))
