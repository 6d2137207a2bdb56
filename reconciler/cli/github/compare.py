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
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.cli.output import show
from reconciler.operations import saved_plan
from reconciler.operations.compare import CompareRequest, compare


@click.command("compare", epilog="Example: reconciler github compare --plan plan.json")
@file_option("--plan", help_text="A saved plan.", required=True)
@commit_option
@click.option(
    "--require-shown",
    is_flag=True,
    help="Refuse (exit code 4) a plan with a change that no merged pull request has shown.",
)
@click.option(
    "--leave-unshown",
    is_flag=True,
    help="With --require-shown: leave a plan of which none has shown anything, as after an edit in "
    "the tenant, to a person. For scheduled runs.",
)
@slots_option
@verbosity_option
def compare_command(
    plan: Path, commit: str | None, require_shown: bool, leave_unshown: bool, slots: Path
) -> None:
    """Print how a plan differs from the one that the merged pull request showed.

    The job's summary gets the plan, cut to the size of a summary, and the same comparison. Sets the
    step's output `due`: whether an apply has anything to do.
    """
    workflow = read_event_workflow(commit=commit)
    request = CompareRequest(
        plan=saved_plan.read(plan),
        slots=slots,
        require_shown=require_shown,
        leave_unshown=leave_unshown,
    )
    report = compare(request, workflow)
    if report.number is None:
        say_no_pull_request(workflow)
    show(report.differences)
    if report.refusal is not None:
        raise report.refusal
