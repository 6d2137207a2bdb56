"""`reconciler schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli.options import slots_option, verbosity_option
from reconciler.cli.output import show
from reconciler.formats.events import events_schema
from reconciler.operations.schema import API_NAMES, api_of, settings_schema, slot_schema


@click.command("schema", epilog="Example: reconciler schema > slot.schema.json")
@slots_option
@click.option(
    "--api",
    type=click.Choice(API_NAMES),
    help="The API that the files are for; by default the one that reconciler.yaml names.",
)
@click.option("--settings", is_flag=True, help="Print the schema of reconciler.yaml instead.")
@click.option(
    "--events", is_flag=True, help="Print the schema of a line of `apply --events` instead."
)
@verbosity_option
def schema_command(slots: Path, api: str | None, settings: bool, events: bool) -> None:
    """Print the JSON Schema of a slot file (draft 2020-12).

    Editors use it for validation and completion; `pull` and `init` write it next to the slots.
    """
    if events:
        if settings or api is not None:
            raise click.UsageError("--events cannot be combined with --settings or --api.")
        show(json.dumps(events_schema(), indent=2, ensure_ascii=False))
        return
    name = api if api is not None else api_of(slots)
    schema = settings_schema(name) if settings else slot_schema(name)
    show(json.dumps(schema, indent=2, ensure_ascii=False))
