"""`reconciler validate`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.aloud import aloud
from reconciler.cli.beginning import ways_to_begin
from reconciler.cli.options import (
    format_option,
    slots_option,
    verbosity_option,
)
from reconciler.cli.output import json_even_on_failure, say, show, show_commands
from reconciler.errors import ReconcilerError
from reconciler.model.validation import ValidationReport
from reconciler.operations.validate import validate
from reconciler.reports.escaping import without_commands
from reconciler.reports.github import workflow_commands
from reconciler.reports.validation_text import validation_text


def failed_json(error: ReconcilerError) -> str:
    """The JSON of a validation that had nothing to read."""
    # The shapes of documents take a while to import: only those who ask for JSON pay for them.
    from reconciler.formats.validation import failed_validation_json  # noqa: PLC0415

    return failed_validation_json(error)


def show_validation(report: ValidationReport, *, output: str) -> None:
    """Print the report in one of the formats `text`, `json` and `github`."""
    if output == "json":
        from reconciler.formats.validation import validation_json  # noqa: PLC0415

        show(validation_json(report))
        return
    if output == "github":
        show_commands(workflow_commands(report.problems))
        show(without_commands(validation_text(report)))
    else:
        show(validation_text(report))
    if report.problems:
        say("`reconciler rule ID` explains a rule and how to fix a violation.")


@click.command("validate", epilog="Example: reconciler validate --strict")
@slots_option
@format_option("text", "json", "github")
@click.option("--strict", is_flag=True, help="Exit with 1 on warnings too.")
@verbosity_option
@json_even_on_failure(failed_json)
def validate_command(slots: Path, output: str, strict: bool) -> int:
    """Check the slot files offline; needs no credentials.

    Prints every problem with its position. `--format github` prints annotations for a pull request.
    """
    with aloud("checking the slot files"):
        report = validate(slots, strict=strict)
    show_validation(report, output=output)
    if not report.slots and not report.problems:
        say(ways_to_begin(slots))
    return 0 if report.valid else 1
