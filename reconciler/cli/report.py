"""`reconciler report`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import environment_option, slots_option, verbosity_option
from reconciler.cli.page import require_page, save_page
from reconciler.operations.report import report
from reconciler.operations.services import ledger_store

EXIT_ERROR = 1


@click.command("report", epilog="Example: reconciler report --html history.html")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    required=True,
    help="The page to write, which any browser shows.",
)
@slots_option
@environment_option
@verbosity_option
def report_command(html: Path, slots: Path, environment: str | None) -> int:
    """Show the ledger as a page: success rates over time, and what each change did.

    It reads the ledger alone: it needs no tenant and no credentials, and changes nothing.
    """
    clock = terminal_clock()
    ledger = ledger_store(clock=clock, environment=environment)
    require_page(html, slots=slots, ledger=ledger)
    found = report(ledger)

    def page() -> str:
        from reconciler.reports.html.ledger import ledger_page  # noqa: PLC0415 - only for a page

        return ledger_page(
            found.chronicles, location=found.location, damage=found.damage, made_at=clock.now()
        )

    return 0 if save_page(html, page) else EXIT_ERROR
