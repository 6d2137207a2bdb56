"""The pull request that an event is about: never by the word of an artifact."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.github import (
    Event,
    PullRequest,
    PullRequestEvent,
    WorkflowRunEvent,
)
from reconciler.ports import Repository

MAX_MERGED = 20
"""Each costs at least a request."""


def find_pull_request(
    event: Event, *, commit: str | None, repository: Repository
) -> PullRequest | None:
    """The pull request, or None where there is none.

    A pull request's event names it; a workflow run's head commit is looked up among the open
    ones of its branch; for all else it is the one that brought `commit`.
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


def recently_merged(*, repository: Repository) -> list[PullRequest]:
    """The pull requests that were merged into the default branch last, the newest first: the
    branch's head may hold several that nobody has applied yet."""
    found = repository.closed_pull_requests(base=repository.default_branch())
    merged = [each for each in found if each.merged_at is not None]
    merged.sort(key=lambda each: each.merged_at or "", reverse=True)
    return merged[:MAX_MERGED]


def proposing(candidates: Sequence[PullRequest], *, event: WorkflowRunEvent) -> PullRequest | None:
    """The open one whose head is exactly the commit that the workflow ran for."""
    found = [
        each
        for each in candidates
        if each.head_sha == event.head_sha and each.head_repository_id == event.repository_id
    ]
    return min(found, key=lambda each: each.number, default=None)


def merged_as(candidates: Sequence[PullRequest], *, commit: str) -> PullRequest | None:
    """The one merged as this commit, else the latest merged that holds it."""
    merged = [each for each in candidates if each.merged_at is not None]
    exact = [each for each in merged if each.merge_commit_sha == commit]
    return max(exact or merged, key=lambda each: each.merged_at or "", default=None)
