"""`reconciler init`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler import __version__
from reconciler.adapters.manifests.starter import write_starter, write_workflows
from reconciler.adapters.manifests.writer import WriteResult
from reconciler.cli.beginning import ways_to_begin
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import say
from reconciler.cli.written import tell_counts, tell_written


@click.command("init", epilog="Example: reconciler init --github --out ../our-bot")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The repository to begin in; by default the working directory.",
)
@click.option(
    "--github",
    is_flag=True,
    help="Also write the workflows for GitHub, and the action that installs this release for them.",
)
@verbosity_option
def init_command(out: Path, github: bool) -> int:
    """Begin a repository: slots/ with the settings, the schema, and two examples.

    The examples are never applied: their names begin with _. A bot that has slots already is
    written by `reconciler pull`.

    With --github also .github/: the plan in the pull request, apply on merge, drift on schedule.
    What is there already is never overwritten: it is named, and the exit code is 1.
    """
    written = [tell_written(each) for each in write_starter(out)]
    if github:
        written += [tell_written(each) for each in write_workflows(out, version=__version__)]
    tell_counts(written)
    if any(each.result is WriteResult.CREATED for each in written):
        say(ways_to_begin(out / "slots"))
        if github:
            say(
                "The workflows need two environments with an OAuth client each: the README's "
                "section In GitHub says how to set them up."
            )
    return 0 if all(each.result.is_done for each in written) else 1
