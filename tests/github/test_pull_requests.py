"""Which pull request an event is about."""

from __future__ import annotations

import pytest

from reconciler.github.pull_requests import merged_as, proposing
from reconciler.model.github import PullRequest, WorkflowRunEvent

HEAD, OTHER = "a" * 40, "b" * 40
FORK = 2
RUN = WorkflowRunEvent(owner="eve", repository_id=FORK, branch="topic", head_sha=HEAD)


def pull(number: int, **fields: object) -> PullRequest:
    return PullRequest.model_validate({"number": number, "head_sha": HEAD, **fields})


@pytest.mark.parametrize(
    ("candidates", "number"),
    [
        ([], None),
        ([pull(1, head_repository_id=FORK)], 1),
        ([pull(1, head_repository_id=FORK, head_sha=OTHER)], None),
        ([pull(1, head_repository_id=3)], None),
        ([pull(1)], None),
        ([pull(9, head_repository_id=FORK), pull(8, head_repository_id=FORK)], 8),
    ],
    ids=["none", "the head", "pushed since", "another fork", "a deleted fork", "the oldest of two"],
)
def test_a_workflow_run_belongs_to_the_pull_request_with_the_same_head(
    candidates: list[PullRequest], number: int | None
) -> None:
    found = proposing(candidates, event=RUN)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("candidates", "number"),
    [
        ([], None),
        ([pull(1)], None),
        ([pull(1, merge_commit_sha=OTHER)], None),
        ([pull(1, merged_at="2026-01-02", merge_commit_sha=OTHER)], 1),
        ([pull(1, merged_at="2026-01-02"), pull(2, merged_at="2026-01-03")], 2),
        (
            [
                pull(1, merged_at="2026-01-02", merge_commit_sha=OTHER),
                pull(2, merged_at="2026-01-03"),
            ],
            1,
        ),
    ],
    ids=["none", "open", "open, tried", "merged as it", "the last merged", "exact before last"],
)
def test_a_commit_belongs_to_the_pull_request_that_merged_it(
    candidates: list[PullRequest], number: int | None
) -> None:
    found = merged_as(candidates, commit=OTHER)
    assert (found.number if found else None) == number
