"""`reconciler github restore-ledger`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.adapters.github import only_member
from reconciler.adapters.ledger import file as ledger
from reconciler.cli.github.actions import Workflow, read_workflow, say
from reconciler.cli.options import verbosity_option
from reconciler.github.ledgers import newest_ledger

MAX_BYTES = 200_000_000
"""Of the archive and of the ledger: some hundred thousand changes."""


@click.command(
    "restore-ledger", epilog="Example: reconciler github restore-ledger --name reconciler-ledger"
)
@click.option("--name", required=True, metavar="NAME", help="The artifact's name.")
@verbosity_option
def restore_ledger_command(name: str) -> None:
    """Restore the ledger from the newest artifact that a run of the default branch has left.

    One that is there already is never overwritten. Sets the step's output `restored`.
    """
    workflow = read_workflow()
    path = workflow.configuration.ledger.required()
    ledger.require_usable(path)
    if path.exists():
        say(f"The ledger {path} is there already, and stays as it is.")
        workflow.output("restored", "false")
        return
    restored = _restore(path, name=name, workflow=workflow)
    workflow.output("restored", "true" if restored else "false")


def _restore(path: Path, *, name: str, workflow: Workflow) -> bool:
    with workflow.repository() as repository:
        artifact = newest_ledger(name, repository=repository)
        if artifact is None:
            say(f"There is no artifact {name} of the default branch to restore {path} from.")
            return False
        archive = repository.download(artifact.id, limit=MAX_BYTES)
    ledger.restore(path, only_member(archive, name=path.name, limit=MAX_BYTES))
    say(f"Restored {path} from the artifact of run {artifact.run_id}, {artifact.created_at}.")
    return True
