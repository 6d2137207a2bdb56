"""The workflow run that a command is part of: its event, its files, and the way to GitHub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from reconciler import __version__
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.github import append_text, connect, read_event
from reconciler.cli import output
from reconciler.cli.options import Command
from reconciler.config.configuration import Configuration, read_configuration
from reconciler.config.github import GitHub, is_commit
from reconciler.config.urls import proxy_for
from reconciler.github import pull_requests
from reconciler.model.access import GitHubAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.github import Event, PullRequest, PullRequestEvent, WorkflowRunEvent
from reconciler.ports import Clock, Repository
from reconciler.reports.escaping import plain


@dataclass(frozen=True)
class Workflow:
    """What every command knows of its run."""

    configuration: Configuration
    access: GitHubAccess
    clock: Clock

    @property
    def endpoint(self) -> Endpoint:
        """The tenant and bot that the variables name, as far as they do."""
        return self.configuration.endpoint

    @property
    def actions(self) -> GitHub:
        """What Actions says of this run."""
        return self.configuration.github

    @contextmanager
    def repository(self) -> Iterator[Repository]:
        """Raises ConfigurationError; sends nothing yet."""
        with connect(
            self.access,
            user_agent=f"slot-reconciler/{__version__}",
            clock=self.clock,
            proxy_for=proxy_for,
        ) as repository:
            yield repository

    def summarise(self, text: str) -> None:
        """Add to the job's summary, where there is one. Raises DocumentError."""
        if self.actions.summary is not None:
            append_text(self.actions.summary, text + "\n")

    def output(self, name: str, value: str) -> None:
        """Set a step's output, where there are any. Raises DocumentError."""
        if self.actions.output is not None:
            append_text(self.actions.output, f"{name}={value}\n")


@dataclass(frozen=True)
class EventWorkflow(Workflow):
    """A run with an event that may be about a pull request.

    `given_commit` is the commit that the command line names, over the event's own.
    """

    event: Event
    given_commit: str | None

    @property
    def commit(self) -> str | None:
        """The commit that is told of."""
        if self.given_commit is not None:
            return self.given_commit
        if isinstance(self.event, (PullRequestEvent, WorkflowRunEvent)):
            return self.event.head_sha
        return self.actions.commit

    def pull_request(self, repository: Repository) -> PullRequest | None:
        """The one that the event is about; where there is none, that is said on standard error."""
        found = pull_requests.find_pull_request(
            self.event, commit=self.commit, repository=repository
        )
        if found is None:
            say(f"No pull request goes with {self.commit or 'this event'}: nothing to comment on.")
        return found


def read_workflow() -> Workflow:
    """Raises ConfigurationError with every variable that is missing or bad."""
    configuration = read_configuration()
    return Workflow(
        configuration=configuration,
        access=configuration.github.access.required(),
        clock=SystemClock(),
    )


def read_event_workflow(*, commit: str | None) -> EventWorkflow:
    """Raises ConfigurationError with every variable that is missing or bad, the event's too."""
    configuration = read_configuration()
    access, event = configuration.github.access_with_event.required()
    return EventWorkflow(
        configuration=configuration,
        access=access,
        clock=SystemClock(),
        event=read_event(event),
        given_commit=commit,
    )


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
    """The commit's name, in lower case. Raises BadParameter."""
    if value is not None and not is_commit(value.lower()):
        raise click.BadParameter("it must be a commit's whole name, 40 or 64 hex digits.")
    return value.lower() if value is not None else None


commit_option = click.option(
    "--commit",
    metavar="SHA",
    callback=checked_commit,
    help="The commit whose merged pull request is meant, where it is not the event's own.",
)


def say(text: str) -> None:
    """One line on standard error."""
    output.say(plain(text))


def first_line(body: str) -> str:
    """The marker of what we post: its first line."""
    return body.split("\n", 1)[0]
