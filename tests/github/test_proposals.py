"""One pull request for a branch: opened once, updated while it is ours, or else left alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.errors import GitHubError
from reconciler.github.proposals import Proposal, Proposed, Taken, propose
from reconciler.model.github import NewCommit
from tests.support.clock import VirtualClock
from tests.support.github import GitHub, serving_github
from tests.support.github_client import github_at

BRANCH = "reconciler/revert-1"
CLOCK = VirtualClock()


@pytest.fixture
def github() -> Iterator[GitHub]:
    with serving_github() as github:
        github.permissions = {"contents": "write", "pull-requests": "write"}
        yield github


def proposal(text: str) -> Proposal:
    files = {"slots/a.yaml": text}
    return Proposal(
        branch=BRANCH,
        commit=NewCommit(parent="b" * 40, tree="c" * 40, message=f"ours: {text}", files=files),
        title=f"Revert to {text}",
        body=f"ours\n{text}",
        marked=lambda body: body.startswith("ours\n"),
        shows_same=lambda body: body == f"ours\n{text}",
        committed=lambda message: message.startswith("ours: "),
    )


def proposed(github: GitHub, text: str = "old") -> Proposed:
    with github_at(github.url, clock=CLOCK) as repository:
        return propose(proposal(text), repository=repository, clock=CLOCK)


def test_it_is_opened_once_from_its_branch_and_on_the_commit_that_was_checked_out(
    github: GitHub,
) -> None:
    assert proposed(github) == Proposed(BRANCH, Taken.OPEN)
    (pull,) = github.pulls
    assert (pull["title"], pull["head"]["ref"], pull["base"]["ref"]) == (
        "Revert to old",
        BRANCH,
        "main",
    )
    assert github.files_on(BRANCH) == {"slots/a.yaml": "old"}
    commit = github.objects[github.branches[BRANCH]["sha"]]
    assert commit["parents"] == ["b" * 40]
    assert github.objects[commit["tree"]]["base_tree"] == "c" * 40
    written = list(github.writes)
    assert proposed(github) == Proposed(BRANCH, Taken.KEEP, 1)
    assert github.writes == written


def test_it_is_updated_when_the_files_are_others(github: GitHub) -> None:
    proposed(github)
    assert proposed(github, "older") == Proposed(BRANCH, Taken.UPDATE, 1)
    assert github.files_on(BRANCH) == {"slots/a.yaml": "older"}
    (pull,) = github.pulls
    assert (pull["title"], pull["body"]) == ("Revert to older", "ours\r\nolder")


@pytest.mark.parametrize("merged_at", [None, "2026-03-02T09:00:00Z"])
def test_one_that_is_closed_or_merged_stays_so(github: GitHub, merged_at: str | None) -> None:
    proposed(github)
    github.pulls[0].update(state="closed", merged_at=merged_at)
    written = list(github.writes)
    assert proposed(github, "older") == Proposed(BRANCH, Taken.KEEP, 1)
    assert (github.writes, len(github.pulls)) == (written, 1)


def test_the_open_one_of_several_counts(github: GitHub) -> None:
    proposed(github)
    github.pulls.append({**github.pulls[0], "number": 2, "state": "closed"})
    assert proposed(github, "older") == Proposed(BRANCH, Taken.UPDATE, 1)


def test_what_someone_has_pushed_to_the_branch_is_not_overwritten(github: GitHub) -> None:
    proposed(github)
    github.push(BRANCH, "d" * 40, message="Better")
    written = list(github.writes)
    assert proposed(github, "older") == Proposed(BRANCH, Taken.KEEP, 1)
    assert github.writes == written


def test_a_branch_of_someone_else_is_not_overwritten(github: GitHub) -> None:
    github.push(BRANCH, "d" * 40, message="Mine")
    assert proposed(github) == Proposed(BRANCH, Taken.KEEP)
    assert github.writes == []


def test_a_text_that_someone_has_replaced_is_kept(github: GitHub) -> None:
    proposed(github)
    github.pulls[0]["body"] = "My own words"
    assert proposed(github, "older") == Proposed(BRANCH, Taken.KEEP, 1)
    assert github.pulls[0]["body"] == "My own words"


def test_where_no_pull_request_may_be_opened_the_error_says_where_to_allow_it(
    github: GitHub,
) -> None:
    github.may_open_pull_requests = False
    with pytest.raises(GitHubError) as caught:
        proposed(github)
    assert "Settings → Actions → General" in caught.value.hint
    github.may_open_pull_requests = True
    assert proposed(github) == Proposed(BRANCH, Taken.OPEN)


@pytest.mark.parametrize("part", ["/pulls", "/git/refs"])
@pytest.mark.parametrize("carried_out", [True, False])
def test_a_lost_answer_does_not_open_a_second_one(
    github: GitHub, part: str, *, carried_out: bool
) -> None:
    github.lose("POST", part, carried_out=carried_out)
    proposed(github)
    assert len(github.pulls) == 1
    assert github.files_on(BRANCH) == {"slots/a.yaml": "old"}


@pytest.mark.parametrize("scope", ["contents", "pull-requests"])
def test_both_permissions_are_needed(github: GitHub, scope: str) -> None:
    assert github.permissions is not None
    github.permissions[scope] = "read"
    with pytest.raises(GitHubError, match="403"):
        proposed(github)
