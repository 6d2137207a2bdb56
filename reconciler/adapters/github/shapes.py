"""The JSON of GitHub's API → our model. The parts that we use are checked, the rest is ignored."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.errors import GitHubError
from reconciler.model.github import Account, Artifact, Comment, Issue, PullRequest, WorkflowRun


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


ShapeType = TypeVar("ShapeType", bound=_Shape)


class _User(_Shape):
    login: str
    type: str = "User"


class CommentShape(_Shape):
    """An issue comment."""

    id: int
    node_id: str
    user: _User | None = None
    body: str | None = None

    def noun(self) -> Comment:
        """As our model."""
        return Comment(
            id=self.id,
            node_id=self.node_id,
            author=_account(self.user),
            body=_text(self.body),
        )


class IssueShape(_Shape):
    """An issue, or a pull request in a listing of issues."""

    number: int
    user: _User | None = None
    title: str
    body: str | None = None
    state: str
    closed_by: _User | None = None
    pull_request: Any = None

    def noun(self) -> Issue:
        """As our model."""
        return Issue(
            number=self.number,
            author=_account(self.user),
            title=self.title,
            body=_text(self.body),
            is_open=self.state == "open",
        )

    @property
    def closer(self) -> Account | None:
        """Who closed it."""
        return _account(self.closed_by)


class LabelShape(_Shape):
    """A label."""

    name: str


class _RepositoryId(_Shape):
    id: int


class _Head(_Shape):
    sha: str
    repo: _RepositoryId | None = None


class PullRequestShape(_Shape):
    """A pull request in a listing."""

    number: int
    head: _Head
    state: str = "open"
    body: str | None = None
    merge_commit_sha: str | None = None
    merged_at: str | None = None

    def noun(self) -> PullRequest:
        """As our model."""
        return PullRequest(
            number=self.number,
            head_sha=self.head.sha,
            is_open=self.state == "open",
            body=_text(self.body),
            head_repository_id=self.head.repo.id if self.head.repo else None,
            merge_commit_sha=self.merge_commit_sha,
            merged_at=self.merged_at,
        )


class RunShape(_Shape):
    """A workflow run."""

    id: int
    path: str
    event: str
    head_branch: str | None = None
    head_sha: str
    repository: _RepositoryId
    head_repository: _RepositoryId | None = None

    def noun(self) -> WorkflowRun:
        """As our model."""
        home = self.head_repository.id if self.head_repository else None
        return WorkflowRun(
            id=self.id,
            workflow=self.path,
            event=self.event,
            head_branch=self.head_branch,
            head_sha=self.head_sha,
            is_of_a_fork=home != self.repository.id,
        )


class _ArtifactRun(_Shape):
    id: int | None = None
    repository_id: int | None = None
    head_repository_id: int | None = None
    head_branch: str | None = None


class ArtifactShape(_Shape):
    """An artifact in a listing."""

    id: int
    name: str
    expired: bool
    created_at: str | None = None
    workflow_run: _ArtifactRun | None = None

    def noun(self) -> Artifact:
        """As our model; an artifact without a run counts as a fork's."""
        run = self.workflow_run or _ArtifactRun()
        return Artifact(
            id=self.id,
            name=self.name,
            created_at=self.created_at or "",
            expired=self.expired,
            run_id=run.id,
            head_branch=run.head_branch,
            is_of_a_fork=run.repository_id is None or run.head_repository_id != run.repository_id,
        )


class ArtifactsShape(_Shape):
    """One page of artifacts."""

    artifacts: list[ArtifactShape]


class RepositoryShape(_Shape):
    """A repository."""

    default_branch: str


class _BranchCommit(_Shape):
    message: str


class _BranchHead(_Shape):
    sha: str
    commit: _BranchCommit | None = None


class ObjectShape(_Shape):
    """An object that git stores, by its name."""

    sha: str


class BranchShape(_Shape):
    """A branch and its head commit."""

    commit: _BranchHead


class ComparisonShape(_Shape):
    """The comparison of two commits."""

    status: str


class _Viewer(_Shape):
    login: str


class _ViewerData(_Shape):
    viewer: _Viewer


class ViewerShape(_Shape):
    """GraphQL's answer about the token's account."""

    data: _ViewerData


class _Actor(_Shape):
    login: str
    type: str = Field(alias="__typename")


class _Edit(_Shape):
    last_edited_at: str | None = Field(alias="lastEditedAt")
    editor: _Actor | None

    @property
    def account(self) -> Account | None:
        if self.editor is None:
            return None
        return Account(login=self.editor.login, is_bot=self.editor.type == "Bot")


class _EditData(_Shape):
    node: _Edit


class EditShape(_Shape):
    """GraphQL's answer about the last edit of a comment."""

    data: _EditData


def parsed(shape: type[ShapeType], document: Any, *, about: str) -> ShapeType:
    """The document as `shape`. Raises GitHubError if it does not fit."""
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        wrong = (
            ".".join(str(step) for step in error.errors(include_url=False)[0]["loc"]) or "the root"
        )
        raise GitHubError(
            f"{about}: GitHub's answer has an unexpected shape at {wrong[:60]}."
        ) from error


def parsed_list(shape: type[ShapeType], document: Any, *, about: str) -> list[ShapeType]:
    """The document as a list of `shape`. Raises GitHubError if it does not fit."""
    if not isinstance(document, list):
        raise GitHubError(f"{about}: GitHub's answer is not a list.")
    return [parsed(shape, each, about=about) for each in document]


def _account(user: _User | None) -> Account | None:
    return None if user is None else Account(login=user.login, is_bot=user.type == "Bot")


def _text(body: str | None) -> str:
    return (body or "").replace("\r\n", "\n")
