"""`reconciler github compare`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import click

from reconciler.cli.github.actions import (
    EventWorkflow,
    commit_option,
    file_option,
    read_event_workflow,
)
from reconciler.cli.github.documents import read_plan
from reconciler.cli.options import verbosity_option
from reconciler.cli.output import show
from reconciler.model.plan import Target
from reconciler.reports.comment import differences_from_review, plan_summary
from reconciler.reports.markers import is_marked, marker, read_hidden
from reconciler.reviewing.comments import find


@click.command("compare", epilog="Example: reconciler github compare --plan plan.json")
@file_option("--plan", help_text="A saved plan.", required=True)
@commit_option
@verbosity_option
def compare_command(plan: Path, commit: str | None) -> None:
    """Print how a plan differs from the one that the merged pull request showed.

    The job's summary gets the plan, as far as a summary holds it, and the same.
    """
    workflow = read_event_workflow(commit=commit)
    made = read_plan(plan)
    told = differences_from_review(made, reviewed=_reviewed(made.target, workflow=workflow))
    show(told)
    workflow.summarise(f"{plan_summary(made, link=workflow.actions.link)}\n\n{told}")


def _reviewed(target: Target, *, workflow: EventWorkflow) -> Mapping[str, str]:
    """What the pull request's comment keeps of its plan; nothing where there is none."""
    marked = functools.partial(is_marked, marker=marker("plan", target))
    with workflow.repository() as repository:
        number = workflow.pull_request(repository)
        found = [] if number is None else find(number, repository=repository, marked=marked)
    return read_hidden(found[0].body, "changes") if found else {}
