"""The pull request that an event is about. It is never taken from an artifact, which a fork can
forge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.errors import GitHubError
from reconciler.model.github import (
    Event,
    PullRequest,
    PullRequestEvent,
    WorkflowRunEvent,
)
from reconciler.ports import Repository

MAX_MERGED = 20
"""Pull requests; each costs at least one request."""
MAX_COMMITS = 20
"""Commits; each costs a request."""


def find_pull_request(
    event: Event, *, commit: str | None, repository: Repository
) -> PullRequest | None:
    """The pull request, or None if the event is not about one.

    The event of a pull request names it. For a workflow run, it is the open one of the run's
    branch whose head is the run's commit. For any other event, it is the one that merged `commit`.
    """
    if isinstance(event, PullRequestEvent):
        return PullRequest(number=event.number, head_sha=event.head_sha)
    if isinstance(event, WorkflowRunEvent):
        if event.owner is None or event.branch is None:
            return None
        candidates = repository.open_pull_requests(owner=event.owner, branch=event.branch)
        return proposing(candidates, event=event)
    if commit is None:
        return None
    return merged_as(repository.pull_requests_with(commit), commit=commit)


def merging(commits: Iterable[str], *, repository: Repository) -> dict[str, int]:
    """The number of the pull request that merged each of the first of these commits, as far as
    GitHub tells."""
    found = {}
    for commit in list(dict.fromkeys(commits))[:MAX_COMMITS]:
        try:
            merged = merged_as(repository.pull_requests_with(commit), commit=commit)
        except GitHubError:  # the token may not read them, or the commit is not in this repository
            continue
        if merged is not None:
            found[commit] = merged.number
    return found


def recently_merged(*, repository: Repository) -> list[PullRequest]:
    """The last pull requests that were merged into the default branch, newest first: several of
    them may not have been applied yet."""
    found = repository.closed_pull_requests(base=repository.default_branch())
    merged = [each for each in found if each.merged_at is not None]
    merged.sort(key=lambda each: each.merged_at or "", reverse=True)
    return merged[:MAX_MERGED]


def proposing(candidates: Sequence[PullRequest], *, event: WorkflowRunEvent) -> PullRequest | None:
    """The open pull request whose head is exactly the commit that the workflow ran for."""
    found = [
        each
        for each in candidates
        if each.head_sha == event.head_sha and each.head_repository_id == event.repository_id
    ]
    return min(found, key=lambda each: each.number, default=None)


def merged_as(candidates: Sequence[PullRequest], *, commit: str) -> PullRequest | None:
    """The pull request whose merge commit this is; otherwise the last one merged that contains
    it."""
    merged = [each for each in candidates if each.merged_at is not None]
    exact = [each for each in merged if each.merge_commit_sha == commit]
    return max(exact or merged, key=lambda each: each.merged_at or "", default=None)
