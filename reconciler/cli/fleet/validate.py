"""`reconciler fleet validate`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.aloud import aloud
from reconciler.cli.fleet.options import fleet_option
from reconciler.cli.options import format_option, verbosity_option
from reconciler.cli.output import json_even_on_failure
from reconciler.cli.validate import failed_json, show_validation
from reconciler.operations.fleet.validate import validate_fleet


@click.command("validate", epilog="Example: reconciler fleet validate --strict")
@fleet_option
@format_option("text", "json", "github")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@verbosity_option
@json_even_on_failure(failed_json)
def validate_command(file: Path, output: str, strict: bool) -> int:
    """Check fleet.yaml, what it includes, and its slots offline; needs no credentials.

    Prints every problem with its position, and those of slots once for each folder. `--format
    github` prints annotations for a pull request.
    """
    with aloud("checking the files of the fleet"):
        report = validate_fleet(file, strict=strict)
    show_validation(report, output=output)
    return 0 if report.valid else 1
