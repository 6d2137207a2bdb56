"""`reconciler schema`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli.options import slots_option, verbosity_option
from reconciler.cli.output import show
from reconciler.formats.events import events_schema
from reconciler.operations.schema import (
    API_NAMES,
    api_of,
    fleet_schema,
    settings_schema,
    slot_schema,
)


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
@click.option(
    "--fleet",
    is_flag=True,
    help="Print the schema of fleet.yaml, and of the files that it includes, instead.",
)
@verbosity_option
def schema_command(slots: Path, api: str | None, settings: bool, events: bool, fleet: bool) -> None:
    """Print the JSON Schema of a slot file (draft 2020-12).

    Editors use it for validation and completion; `pull` and `init` write it next to the slots. For
    fleet.yaml, save it as _fleet.schema.json and let the first line of fleet.yaml be
    `# yaml-language-server: $schema=_fleet.schema.json`.
    """
    for name, given, others in (
        ("--events", events, settings or fleet or api is not None),
        ("--fleet", fleet, settings or api is not None),
    ):
        if given and others:
            raise click.UsageError(f"{name} cannot be combined with another schema or --api.")
    if events:
        schema = events_schema()
    elif fleet:
        schema = fleet_schema()
    else:
        of_api = settings_schema if settings else slot_schema
        schema = of_api(api if api is not None else api_of(slots))
    show(json.dumps(schema, indent=2, ensure_ascii=False))
