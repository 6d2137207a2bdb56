"""`reconciler revert`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import environment_option, format_option, slots_option, verbosity_option
from reconciler.cli.output import json_even_on_failure, say, show
from reconciler.cli.progress import progress
from reconciler.cli.written import tell_counts, tell_written
from reconciler.formats.revert import failed_revert_json, revert_json
from reconciler.model.event import Warned
from reconciler.model.listed import listed
from reconciler.model.reversal import RevertReport
from reconciler.model.written import WriteResult
from reconciler.operations.revert import RevertRequest, revert
from reconciler.operations.services import ledger_store
from reconciler.reports.escaping import plain


@click.command("revert", epilog="Example: reconciler revert 20260302T090000Z-1a2b3c")
@click.argument("run_id", metavar="RUN_ID")
@click.option(
    "--slot",
    "slot_ids",
    multiple=True,
    metavar="SLOT",
    help="Only this slot of the run, by id or name; can be repeated.",
)
@slots_option
@environment_option
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failed_revert_json)
def revert_command(
    run_id: str,
    slot_ids: tuple[str, ...],
    slots: Path,
    environment: str | None,
    output: str,
) -> int:
    """Undo a run in the slot files, for a pull request; sends nothing.

    Writes the content that each slot had before the run back into its file, in place, keeping
    comments and layout. A slot that the run created gets `state: absent`; one that it deleted gets
    its file again. Commit that, and open a pull request like any other. Needs no credentials.

    Refuses, with exit code 4, to undo what has changed since: a later run's change, or an edit of a
    file that is not applied yet. Then nothing is written, unless --slot names other slots.
    """
    request = RevertRequest(slots=slots, run_id=run_id, slot_ids=slot_ids, environment=environment)
    report = revert(request, ledger_store(clock=terminal_clock(), environment=environment))
    if report.damage:
        progress().notice(Warned(message=report.damage))
    if output == "json":
        show(revert_json(report))
    else:
        for each in report.written:
            tell_written(each)
    _say_what_happened(report)
    return 0


def _say_what_happened(report: RevertReport) -> None:
    for each in report.not_reverted:
        say(f"Nothing to undo: the change of {plain(each.slot_id)} {plain(each.reason)}.")
    if not report.written:
        if not report.not_reverted:
            say(f"Run {plain(report.run_id)} changed no slots, so there is nothing to undo.")
        return
    tell_counts(report.written)
    if all(each.result is WriteResult.UNCHANGED for each in report.written):
        say("The files already say what was there before.")
        return
    if report.also:
        say(
            f"The same values hold in {plain(listed(report.also))}, so a plan shows them there too."
        )
    say(
        "Check it with `git diff` and `reconciler plan`, commit it, and open a pull request; "
        "nothing is live before that is applied."
    )
