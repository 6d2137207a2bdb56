"""`reconciler schema`."""

from __future__ import annotations

import json

import click

from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.operations.schema import settings_schema, slot_schema


@click.command("schema", epilog="Example: reconciler schema > slot.schema.json")
@click.option("--settings", is_flag=True, help="Print the schema of reconciler.yaml instead.")
@verbosity_option
def schema_command(settings: bool) -> None:
    """Print the JSON Schema of a slot file (draft 2020-12).

    Editors use it for validation and completion; `pull` and `init` write it next to the slots.
    """
    schema = settings_schema() if settings else slot_schema()
    show(json.dumps(schema, indent=2, ensure_ascii=False))
