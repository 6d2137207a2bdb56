"""What the commands for workflows share: the workflow run, options, and messages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from reconciler.cli import output
from reconciler.cli.options import Command
from reconciler.cli.progress import progress
from reconciler.model.github import is_commit
from reconciler.operations.services import system_clock
from reconciler.operations.workflow import (
    EventWorkflow,
    Workflow,
    workflow_run,
    workflow_run_with_event,
)
from reconciler.reports.escaping import plain


def read_workflow() -> Workflow:
    """Raises ConfigurationError with all missing or invalid variables."""
    return workflow_run(clock=system_clock(), observer=progress())


def read_event_workflow(*, commit: str | None) -> EventWorkflow:
    """Raises ConfigurationError with all missing or invalid variables, including the event's."""
    return workflow_run_with_event(clock=system_clock(), observer=progress(), commit=commit)


def file_option(name: str, *, help_text: str, required: bool) -> Callable[[Command], Command]:
    """An option that names a saved result."""
    return click.option(
        name,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=help_text,
        required=required,
    )


def checked_commit(
    _context: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """The commit's hash, in lower case. Raises BadParameter."""
    if value is not None and not is_commit(value.lower()):
        raise click.BadParameter("it must be a commit's whole name, 40 or 64 hex digits.")
    return value.lower() if value is not None else None


commit_option = click.option(
    "--commit",
    metavar="SHA",
    callback=checked_commit,
    help="The commit whose merged pull request is meant, if it is not that of the event.",
)


def say(text: str) -> None:
    """One line on standard error."""
    output.say(plain(text))


def say_no_pull_request(workflow: EventWorkflow) -> None:
    """Report why no comment was written or read."""
    say(f"No pull request belongs to {workflow.commit or 'this event'}: nothing to comment on.")
