"""`reconciler github comment`."""

from __future__ import annotations

import functools
from pathlib import Path

import click

from reconciler.cli.github.actions import (
    EventWorkflow,
    commit_option,
    file_option,
    first_line,
    read_event_workflow,
    say,
)
from reconciler.cli.github.documents import outcome_body, plan_body, validation_body
from reconciler.cli.options import slots_option, verbosity_option
from reconciler.github.comments import Step, publish
from reconciler.reports.markers import is_marked

_DONE = {
    Step.CREATE: "Commented on #{number}.",
    Step.UPDATE: "Updated the comment on #{number}.",
    Step.KEEP: "The comment on #{number} says it already.",
}


@click.command("comment", epilog="Example: reconciler github comment --plan plan.json")
@file_option("--plan", help_text="What `plan --format json` printed.", required=False)
@file_option("--outcome", help_text="What `apply --format json` printed.", required=False)
@file_option(
    "--validation",
    help_text="What `validate --format json` printed for a fork; it may come from anybody.",
    required=False,
)
@slots_option
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The base branch's slots, to tell what a plan changes in settings and gates.",
)
@commit_option
@verbosity_option
def comment_command(
    plan: Path | None,
    outcome: Path | None,
    validation: Path | None,
    slots: Path,
    base: Path | None,
    commit: str | None,
) -> None:
    """Comment on the event's pull request: one comment, updated in place.

    The job's summary gets the same. Without a pull request it is all there is.
    """
    if sum(each is not None for each in (plan, outcome, validation)) != 1:
        raise click.UsageError("Give one of --plan, --outcome and --validation.")
    workflow = read_event_workflow(commit=commit)
    if plan is not None:
        body = plan_body(plan, slots=slots, base=base, workflow=workflow)
    elif outcome is not None:
        body = outcome_body(outcome, workflow=workflow)
    elif validation is not None:
        body = validation_body(validation, workflow=workflow)
    workflow.summarise(body)
    _publish(body, workflow=workflow)


def _publish(body: str, *, workflow: EventWorkflow) -> None:
    with workflow.repository() as repository:
        pull_request = workflow.pull_request(repository)
        if pull_request is None:
            return
        published = publish(
            body,
            number=pull_request.number,
            repository=repository,
            clock=workflow.clock,
            marked=functools.partial(is_marked, marker=first_line(body)),
        )
    say(_DONE[published.step].format(number=pull_request.number))
    if published.others:
        say(f"There are {published.others} more of ours there, which are left as they are.")
