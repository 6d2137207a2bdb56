"""`reconciler pull`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.cli.output import say
from reconciler.cli.progress import Progress
from reconciler.cli.written import tell_counts, tell_written
from reconciler.model.listed import listed
from reconciler.model.problem import Problem
from reconciler.model.written import WriteResult, Written
from reconciler.operations.pull import PullListener, PullRequest, pull
from reconciler.operations.services import tenant_connection
from reconciler.reports.escaping import plain
from reconciler.reports.text import problem_text
from reconciler.reports.words import counted


@click.command("pull", epilog="Example: reconciler pull --slot slot_8f3a9c2d --force")
@slots_option
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where to write; by default the folder of --slots.",
)
@click.option(
    "--slot",
    "slot_ids",
    multiple=True,
    metavar="SLOT_ID",
    help="Only this live slot, whichever team's it is; can be repeated.",
)
@click.option("--all", "everything", is_flag=True, help="Every slot of the tenant.")
@click.option("--force", is_flag=True, help="Refresh files that differ from what is live, too.")
@verbosity_option
def pull_command(
    slots: Path, out: Path | None, slot_ids: tuple[str, ...], everything: bool, force: bool
) -> int:
    """Write live slots as YAML: one file a slot, or its own file where it has one.

    Where there are no slot files yet, every slot of the tenant; otherwise those that have a file
    or that `owns` in reconciler.yaml claims, for other teams' slots are live too.

    A plan right after it shows no changes. A file that differs is kept, and the exit code is 1;
    with --force its slot's five fields are set in place, and everything else in it stays.
    """
    if slot_ids and everything:
        raise click.UsageError("--slot and --all exclude each other.")
    request = PullRequest(
        slots=slots, out=out, slot_ids=slot_ids, everything=everything, force=force
    )
    connect = tenant_connection(clock=terminal_clock(), observer=Progress())
    report = pull(request, connect, listener=_Narration())
    files = [*report.written, *report.unreadable]
    tell_counts(files)
    _say_what_to_do(files)
    _say_broken_rules(report.problems)
    return 0 if report.complete else 1


class _Narration(PullListener):
    """Says what is pulled, and what becomes of each file."""

    def chosen(self, chosen: Collection[str], *, left_out: Collection[str]) -> None:
        """In one line on standard error."""
        if not left_out:
            say(
                f"Pulling every slot of the tenant, {counted(len(chosen), 'slot')} of all its bots "
                "and teams; --slot SLOT_ID takes one."
            )
            return
        say(
            f"Pulling {counted(len(chosen), 'slot')} that the files describe or `owns` claims, "
            f"leaving out {len(left_out)}: {plain(listed(left_out))}. --all takes every slot, "
            "--slot SLOT_ID one."
        )

    def written(self, written: Written) -> None:
        """In one line on standard output."""
        tell_written(written)


def _say_what_to_do(written: Sequence[Written]) -> None:
    results = {each.result for each in written}
    if WriteResult.KEPT in results:
        say("What differs was kept as it is; --force refreshes it in place.")
    if WriteResult.LEFT_OUT in results:
        say(
            "What was left out cannot be written as a slot file; it stays unmanaged until it is "
            "corrected in the console."
        )


def _say_broken_rules(problems: Sequence[Problem]) -> None:
    """What is live is written all the same; `validate` would say this of it."""
    if problems:
        say(f"What is live breaks our rules ({counted(len(problems), 'problem')}):")
    for problem in problems:
        say(problem_text(problem))
