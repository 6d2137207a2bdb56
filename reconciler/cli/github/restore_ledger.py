"""`reconciler github restore-ledger`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.github.actions import read_workflow, say
from reconciler.cli.options import verbosity_option
from reconciler.operations.restore_ledger import RestoreReport, RestoreRequest, restore_ledger
from reconciler.operations.workflow import ledger_file


@click.command(
    "restore-ledger", epilog="Example: reconciler github restore-ledger --name reconciler-ledger"
)
@click.option("--name", required=True, metavar="NAME", help="The artifact's name.")
@click.option(
    "--to",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Restore it to this file instead: another environment's, for --evidence.",
)
@verbosity_option
def restore_ledger_command(name: str, to: Path | None) -> None:
    """Restore the ledger from the newest artifact that a run on the default branch has uploaded.

    An existing ledger is never overwritten. Sets the step's output `restored`, and `path` to the
    file if there is one.
    """
    workflow = read_workflow()
    own = ledger_file()
    request = RestoreRequest(
        artifact=name,
        ledger=own if to is None or own is None else to,
        member=own.name if own is not None else "",
    )
    say(_message(restore_ledger(request, workflow), request))


def _message(report: RestoreReport, request: RestoreRequest) -> str:
    ledger, found = request.ledger, report.restored_from
    if ledger is None:
        return "The ledger is in a database: there is nothing to restore."
    if report.is_kept:
        return f"The ledger {ledger} is there already, and stays as it is."
    if found is None:
        return (
            f"There is no artifact {request.artifact} of the default branch to restore {ledger} "
            "from."
        )
    return f"Restored {ledger} from the artifact of run {found.run_id}, {found.created_at}."
