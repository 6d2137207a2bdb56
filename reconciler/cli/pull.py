"""`reconciler pull`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import environment_option, slots_option, verbosity_option
from reconciler.cli.output import say
from reconciler.cli.progress import progress
from reconciler.cli.written import tell_counts, tell_written
from reconciler.model.listed import listed
from reconciler.model.problem import Problem
from reconciler.model.written import WriteResult, Written
from reconciler.operations.pull import PullListener, PullSlotsRequest, pull
from reconciler.operations.services import tenant_connection
from reconciler.reports.escaping import plain
from reconciler.reports.numbers import counted
from reconciler.reports.validation_text import problem_text


@click.command("pull", epilog="Example: reconciler pull --slot slot_8f3a9c2d --force")
@slots_option
@environment_option
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
    metavar="SLOT",
    help="Only this live slot, by id or name, even if another team owns it; can be repeated.",
)
@click.option("--all", "everything", is_flag=True, help="Every live slot.")
@click.option("--force", is_flag=True, help="Also refresh files that differ from the live slots.")
@verbosity_option
def pull_command(
    slots: Path,
    environment: str | None,
    out: Path | None,
    slot_ids: tuple[str, ...],
    everything: bool,
    force: bool,
) -> int:
    """Write live slots as YAML files, one per slot, updating those that exist.

    If there are no slot files yet, this writes every live slot; with cognigy-v2, those of the flow
    that reconciler.yaml names. Otherwise it writes only slots that have a file or match `owns` in
    reconciler.yaml, because the tenant also has other teams' slots.

    A plan directly afterwards shows no changes. A file that differs is kept, and the exit code is
    1; with --force, the slot's fields that differ are set in place and everything else is kept.
    """
    if slot_ids and everything:
        raise click.UsageError("--slot and --all cannot be combined.")
    request = PullSlotsRequest(
        slots=slots,
        environment=environment,
        out=out,
        slot_ids=slot_ids,
        everything=everything,
        force=force,
    )
    connect = tenant_connection(clock=terminal_clock(), observer=progress())
    report = pull(request, connect, listener=_Narration())
    files = [*report.written, *report.unreadable]
    tell_counts(files)
    _say_what_to_do(files)
    _say_what_is_missing(report.unmodelled)
    _say_broken_rules(report.problems)
    return 0 if report.complete else 1


class _Narration(PullListener):
    """Reports which slots are pulled, and the result for each file."""

    def chosen(self, chosen: Collection[str], *, left_out: Collection[str]) -> None:
        """In one line on standard error."""
        if not left_out:
            say(
                f"Pulling every live slot, also those of other teams: "
                f"{counted(len(chosen), 'slot')}. --slot SLOT_ID pulls a single one."
            )
            return
        say(
            f"Pulling {counted(len(chosen), 'slot')} that the files describe or `owns` matches, "
            f"leaving out {len(left_out)}: {plain(listed(left_out))}. --all pulls every slot, "
            "--slot SLOT_ID a single one."
        )

    def written(self, written: Written) -> None:
        """In one line on standard output."""
        tell_written(written)


def _say_what_to_do(written: Sequence[Written]) -> None:
    results = {each.result for each in written}
    if WriteResult.KEPT in results:
        say("Files that differ were kept; --force refreshes them in place.")
    if WriteResult.LEFT_OUT in results:
        say(
            "Slots that were left out cannot be written as slot files. They stay unmanaged until "
            "they are corrected in the console."
        )


def _say_what_is_missing(unmodelled: Mapping[str, Sequence[str]]) -> None:
    """Report the fields of live slots that their files lack."""
    if unmodelled:
        fields = (f"{each} ({counted(len(of), 'slot')})" for each, of in unmodelled.items())
        say(
            "The tenant also has fields that no slot file can express, so they are not managed: "
            f"{plain(listed(fields))}."
        )


def _say_broken_rules(problems: Sequence[Problem]) -> None:
    """Report the problems that `validate` would find in the live slots, which are still written."""
    if problems:
        say(f"The live slots break validation rules ({counted(len(problems), 'problem')}):")
    for problem in problems:
        say(problem_text(problem))
