"""The current run of a GitHub Actions workflow, built from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler import __version__
from reconciler.adapters.github import JobFiles, connect, read_event
from reconciler.config.configuration import read_configuration
from reconciler.config.urls import proxy_for
from reconciler.github.pull_requests import find_pull_request
from reconciler.model.access import GitHubAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.github import Event, PullRequest, PullRequestEvent, WorkflowRunEvent
from reconciler.ports import Clock, Observer, Repository

Connect = Callable[[], AbstractContextManager[Repository]]


@dataclass(frozen=True)
class Workflow:
    """A workflow run.

    `connect` gives access to the repository; nothing is sent yet. `endpoint` is the tenant and the
    bot, if the configuration names them. `commit` is the commit that the run is about, `link` the
    URL of the run, and `repository_url` that of the repository's pages.
    """

    clock: Clock
    observer: Observer
    connect: Connect
    endpoint: Endpoint
    job: JobFiles
    commit: str | None
    link: str | None
    repository_url: str | None


@dataclass(frozen=True)
class EventWorkflow(Workflow):
    """A run for an event that may be about a pull request; `commit` is that of the event."""

    event: Event

    def pull_request(self, repository: Repository) -> PullRequest | None:
        """The pull request that the event is about, or None."""
        return find_pull_request(self.event, commit=self.commit, repository=repository)


def workflow_run(*, clock: Clock, observer: Observer) -> Workflow:
    """The current run, from the environment. Raises ConfigurationError with all missing or invalid
    variables."""
    configuration = read_configuration()
    github = configuration.github
    return Workflow(
        clock=clock,
        observer=observer,
        connect=_connect_by(github.access.required(), clock=clock),
        endpoint=configuration.endpoint,
        job=JobFiles(summary=github.summary, outputs=github.output),
        commit=github.commit,
        link=github.link,
        repository_url=github.repository_url,
    )


def workflow_run_with_event(
    *, clock: Clock, observer: Observer, commit: str | None = None
) -> EventWorkflow:
    """The same with its event; `commit` replaces that of the event. Raises ConfigurationError."""
    configuration = read_configuration()
    github = configuration.github
    access, path = github.access_with_event.required()
    event = read_event(path)
    return EventWorkflow(
        clock=clock,
        observer=observer,
        connect=_connect_by(access, clock=clock),
        endpoint=configuration.endpoint,
        job=JobFiles(summary=github.summary, outputs=github.output),
        commit=commit or _commit_of(event) or github.commit,
        link=github.link,
        repository_url=github.repository_url,
        event=event,
    )


def ledger_file() -> Path | None:
    """The path of this run's ledger, which may not exist yet; None if it is in a database. Raises
    ConfigurationError."""
    place = read_configuration().ledger.required()
    return place if isinstance(place, Path) else None


def _commit_of(event: Event) -> str | None:
    return event.head_sha if isinstance(event, (PullRequestEvent, WorkflowRunEvent)) else None


def _connect_by(access: GitHubAccess, *, clock: Clock) -> Connect:
    @contextmanager
    def connect_once() -> Iterator[Repository]:
        with connect(
            access,
            user_agent=f"slot-reconciler/{__version__}",
            clock=clock,
            proxy_for=proxy_for,
        ) as repository:
            yield repository

    return connect_once
