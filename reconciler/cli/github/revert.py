"""`reconciler github revert`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.github.actions import file_option, read_workflow, say
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.operations.offered_revert import Offered, Taken, offer_reverts
from reconciler.operations.saved_results import read_drift
from reconciler.operations.services import ledger_store


@click.command("revert", epilog="Example: reconciler github revert --drift drift.json")
@file_option("--drift", help_text="What `drift --metrics --format json` printed.", required=True)
@slots_option
@verbosity_option
def revert_command(drift: Path, slots: Path) -> None:
    """Open a pull request that undoes each change whose bake failed, or that its gate rejected.

    There is one for each run, from the branch reconciler/revert-RUN. It is opened once, and updated
    while it is open and nobody has pushed to its branch. If someone closes it, it stays closed.
    Nothing is merged. Where undoing is refused, the reason is printed.
    """
    workflow = read_workflow()
    ledger = ledger_store(clock=workflow.clock, environment=None)
    offered = offer_reverts(read_drift(drift), workflow, slots=slots, ledger=ledger)
    for each in offered:
        for line in _message(each).split("\n"):
            say(line)
    if not offered:
        say("Nothing that was rejected is live, so nothing is proposed.")


def _message(offered: Offered) -> str:
    if offered.refusal:
        return offered.refusal
    proposed = offered.proposed
    if proposed is None:
        return f"The files already say what was there before run {offered.run_id}."
    if proposed.taken is Taken.OPEN:
        return f"A pull request from {proposed.branch} was opened."
    if proposed.number is None:
        return f"{proposed.branch} has commits of someone else, so it was left as it is."
    return f"Pull request #{proposed.number} was {proposed.taken.value}."
