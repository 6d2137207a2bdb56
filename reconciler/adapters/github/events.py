"""The event that triggered a workflow: the file that Actions writes → our model."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from reconciler.adapters.files import read_regular
from reconciler.errors import ConfigurationError
from reconciler.model.github import Event, OtherEvent, PullRequestEvent, WorkflowRunEvent


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Commit(_Shape):
    sha: str


class _PullRequest(_Shape):
    number: int
    head: _Commit


class _Owner(_Shape):
    login: str


class _Repository(_Shape):
    id: int
    owner: _Owner


class _WorkflowRun(_Shape):
    head_sha: str
    head_branch: str | None = None
    head_repository: _Repository | None = None


class _Event(_Shape):
    pull_request: _PullRequest | None = None
    workflow_run: _WorkflowRun | None = None


def read_event(path: Path) -> Event:
    """Raises ConfigurationError unless the file is a GitHub event."""
    try:
        event = _Event.model_validate_json(read_regular(path))
    except OSError as error:
        raise ConfigurationError(
            f"The event file {path} cannot be read: {error.strerror}.",
            hint="GITHUB_EVENT_PATH names it.",
        ) from error
    except ValidationError as error:
        raise ConfigurationError(
            f"{path} is not an event file of GitHub Actions.", hint="GITHUB_EVENT_PATH names it."
        ) from error
    if event.workflow_run is not None:
        return _of_run(event.workflow_run)
    if event.pull_request is not None:
        return PullRequestEvent(
            number=event.pull_request.number, head_sha=event.pull_request.head.sha
        )
    return OtherEvent()


def _of_run(run: _WorkflowRun) -> WorkflowRunEvent:
    home = run.head_repository
    return WorkflowRunEvent(
        owner=home.owner.login if home else None,
        repository_id=home.id if home else None,
        branch=run.head_branch,
        head_sha=run.head_sha,
    )
