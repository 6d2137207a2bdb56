"""What we know of a repository on GitHub: comments, issues, pull requests, artifacts, events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from reconciler.model.base import Frozen

BOT_SUFFIX = "[bot]"
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def is_commit(text: str) -> bool:
    """Whether it is the full name of a commit, by SHA-1 or SHA-256."""
    return _COMMIT.fullmatch(text) is not None


class Account(Frozen):
    """Who wrote something: a person, or an app's bot."""

    login: str
    is_bot: bool = False

    def is_same(self, other: Account | None) -> bool:
        """Whether both are the same account; an app's login may lack its suffix."""
        return other is not None and self.identity == other.identity

    @property
    def identity(self) -> tuple[str, bool]:
        """What both spellings of an account share."""
        bare = self.login.removesuffix(BOT_SUFFIX)
        return bare.lower(), self.is_bot or bare != self.login


class Comment(Frozen):
    """A comment on a pull request; lines end with LF. A deleted account is None.

    `node_id` is its name in GraphQL.
    """

    id: int
    node_id: str
    author: Account | None
    body: str


class Issue(Frozen):
    """An issue that is not a pull request; lines end with LF. A deleted account is None."""

    number: int
    author: Account | None
    title: str
    body: str
    is_open: bool


class Label(Frozen):
    """A label of a repository; `color` is six hex digits."""

    name: str
    color: str
    description: str


class CommitStatus(Frozen):
    """What GitHub shows beside a commit; of `description`, it takes 140 characters."""

    state: Literal["success", "failure"]
    context: str
    description: str


class PullRequest(Frozen):
    """A pull request; `merged_at` is RFC 3339, and None until it is merged. The lines of its body
    end with LF."""

    number: int
    head_sha: str
    is_open: bool = True
    body: str = ""
    head_repository_id: int | None = None
    merge_commit_sha: str | None = None
    merged_at: str | None = None


class Commit(Frozen):
    """A commit; `message` is all of it."""

    sha: str
    message: str


class NewCommit(Frozen):
    """A commit to make on `parent`, whose tree is `tree`: `files` are the texts of the files that
    it creates or replaces, by path."""

    parent: str
    tree: str
    message: str
    files: Mapping[str, str]


class WorkflowRun(Frozen):
    """A workflow run: its file, as `.github/workflows/NAME` with or without `@REF`, what
    triggered it, and the commit that it ran for."""

    id: int
    workflow: str
    event: str
    head_branch: str | None
    head_sha: str
    is_of_a_fork: bool


class Artifact(Frozen):
    """A file that a workflow run left behind; `created_at` is RFC 3339."""

    id: int
    name: str
    created_at: str
    expired: bool
    run_id: int | None
    head_branch: str | None
    is_of_a_fork: bool


class PullRequestEvent(Frozen):
    """A pull request was opened or pushed to."""

    number: int
    head_sha: str


class WorkflowRunEvent(Frozen):
    """Another workflow has run, perhaps for a fork; the fields say where its head commit is from.

    `owner` and `repository_id` are None if the fork is gone.
    """

    owner: str | None
    repository_id: int | None
    branch: str | None
    head_sha: str


class OtherEvent(Frozen):
    """A push, a schedule, a run by hand."""


Event = PullRequestEvent | WorkflowRunEvent | OtherEvent
