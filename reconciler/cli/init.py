"""`reconciler init`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.adapters.manifests.starter import write_starter
from reconciler.adapters.manifests.writer import WriteResult
from reconciler.cli.options import verbosity_option
from reconciler.cli.written import tell_counts, tell_written


@click.command("init", epilog="Example: reconciler init --out ../our-bot")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar="DIR",
    help="The repository to begin in; by default the working directory.",
)
@verbosity_option
def init_command(out: Path) -> int:
    """Begin a repository: slots/ with two examples, the settings, and the schema.

    What is there already is never overwritten: it is named, and the exit code is 1.
    """
    written = [tell_written(each) for each in write_starter(out)]
    tell_counts(written)
    if any(each.result is WriteResult.CREATED for each in written):
        click.echo(f"Check it with: reconciler validate --slots {out / 'slots'}", err=True)
    return 0 if all(each.result.is_done for each in written) else 1
