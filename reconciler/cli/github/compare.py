"""`reconciler github compare`."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.github.actions import (
    commit_option,
    file_option,
    read_event_workflow,
    say_no_pull_request,
)
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.operations import saved_plan
from reconciler.operations.compare import compare


@click.command("compare", epilog="Example: reconciler github compare --plan plan.json")
@file_option("--plan", help_text="A saved plan.", required=True)
@commit_option
@click.option(
    "--require-shown",
    is_flag=True,
    help="Refuse (exit code 4) a plan with a change that no merged pull request has shown.",
)
@verbosity_option
def compare_command(plan: Path, commit: str | None, require_shown: bool) -> None:
    """Print how a plan differs from the one that the merged pull request showed.

    The job's summary gets the plan, cut to the size of a summary, and the same comparison.
    """
    workflow = read_event_workflow(commit=commit)
    report = compare(saved_plan.read(plan), workflow, require_shown=require_shown)
    if report.number is None:
        say_no_pull_request(workflow)
    show(report.differences)
    if report.refusal is not None:
        raise report.refusal
