"""`reconciler environments`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.options import (
    environment_option,
    format_option,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import json_even_on_failure, show
from reconciler.formats.environments import environments_json
from reconciler.formats.failure import failure_json
from reconciler.operations.environments import environments
from reconciler.reports.environments_text import environments_text

_RENDERERS = {"text": environments_text, "json": environments_json}


@click.command("environments", epilog="Example: reconciler environments --format json")
@slots_option
@environment_option
@format_option("text", "json")
@verbosity_option
@json_even_on_failure(failure_json)
def environments_command(slots: Path, environment: str | None, output: str) -> None:
    """List the environments in the order in which changes reach them; needs no credentials.

    The JSON is the matrix that the workflows use: for each environment, what GitHub calls its
    environments, ledger and queue. With --env, only that one.
    """
    show(_RENDERERS[output](environments(slots, only=environment)))
