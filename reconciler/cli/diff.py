"""`reconciler diff`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.interruption import terminal_clock
from reconciler.cli.options import format_option, slots_option, verbosity_option
from reconciler.cli.output import columns, json_even_on_failure, show
from reconciler.cli.pager import pager_option, show_paged
from reconciler.cli.progress import progress
from reconciler.formats.failure import failure_json
from reconciler.formats.live_difference import live_difference_json
from reconciler.operations.diff import diff
from reconciler.operations.project import read_project
from reconciler.operations.services import own_tenant_connection
from reconciler.reports.markdown_live_difference import live_difference_markdown
from reconciler.reports.text.live_difference import live_difference_text

_RENDERERS = {"json": live_difference_json, "markdown": live_difference_markdown}


@click.command("diff", epilog="Example: reconciler diff staging production")
@click.argument("first", metavar="ENVIRONMENT")
@click.argument("second", metavar="ENVIRONMENT")
@slots_option
@format_option("text", "json", "markdown")
@pager_option
@verbosity_option
@json_even_on_failure(failure_json)
def diff_command(first: str, second: str, slots: Path, output: str) -> int:
    """Show what differs between two environments live, and what of that the files mean.

    A difference is meant if the files say the same two values for the two environments. Slots that
    no file declares are only counted and named.

    The variables of each environment come from .env.NAME, or end with its name, such as
    COGNIGY_CLIENT_SECRET__STAGING.

    Exits with 2 if something differs that the files do not mean to differ.
    """
    connect = own_tenant_connection(clock=terminal_clock(), observer=progress())
    found = diff(read_project(slots), first, second, connect=connect)
    if output == "text":
        show_paged(live_difference_text(found, width=columns()))
    else:
        show(_RENDERERS[output](found))
    return found.exit_code
