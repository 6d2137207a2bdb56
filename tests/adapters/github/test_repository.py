"""GitHub's answers as our model, and artifacts from a storage that does not get the token."""

from __future__ import annotations

import pytest

from reconciler.adapters.github.repository import GitHubRepository
from reconciler.errors import GitHubError
from reconciler.model.github import Account
from tests.support.github import ADA, BOT, FORK_ID, TOKEN, GitHub

COMMIT = "c" * 40


def test_the_viewer_is_requested_once(github: GitHub, repository: GitHubRepository) -> None:
    assert repository.viewer() == Account(login=BOT, is_bot=True)
    assert repository.viewer() == Account(login=BOT, is_bot=True)
    assert len(github.received) == 1


def test_a_viewer_without_the_bot_suffix_is_still_the_bot_that_comments(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.viewer = "github-actions"
    github.comment(7, "mine", by=BOT)
    github.comment(7, "a person's", by="github-actions")
    mine, persons = repository.comments(7)
    assert repository.viewer().is_same(mine.author)
    assert not repository.viewer().is_same(persons.author)


def test_a_graphql_error_is_an_error(github: GitHub, repository: GitHubRepository) -> None:
    github.fail("POST", "/graphql", 200, body={"errors": [{"message": "no"}]})
    with pytest.raises(GitHubError, match="whose token this is"):
        repository.viewer()


@pytest.mark.parametrize(
    ("by", "editor"),
    [
        (ADA, Account(login=ADA)),
        (BOT, Account(login=BOT, is_bot=True)),
        ("github-actions", Account(login="github-actions")),
        (None, None),
    ],
    ids=["a person", "the bot", "a person with the bot's name", "a deleted account"],
)
def test_the_last_editor_of_a_comment_is_known(
    github: GitHub, repository: GitHubRepository, by: str | None, editor: Account | None
) -> None:
    github.edit(github.comment(7, "mine", by=BOT), "theirs", by=by)
    github.comment(7, "another", by=ADA)
    edited, untouched = repository.comments(7)
    last = repository.editor_of(edited)
    assert (last and last.identity) == (editor and editor.identity)
    assert repository.editor_of(untouched) == Account(login=ADA)


def test_only_one_page_of_closed_pull_requests_is_read(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.page_size = 2
    for number in (1, 2, 3):
        github.pulls.append(github.pull(number, head=COMMIT, state="closed"))
    github.pulls[0]["base"] = {"ref": "release"}
    assert [each.number for each in repository.closed_pull_requests(base="main")] == [2, 3]
    assert len(github.received) == 1


def test_line_endings_are_normalised_to_lf(github: GitHub, repository: GitHubRepository) -> None:
    github.comment(7, "one\r\ntwo", by=ADA)
    (comment,) = repository.comments(7)
    assert comment.body == "one\ntwo"
    assert comment.author == Account(login=ADA)


def test_deleted_accounts_and_empty_bodies_are_read(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.comment(7, "").update(user=None, body=None)
    (comment,) = repository.comments(7)
    assert (comment.author, comment.body) == (None, "")


def test_open_and_closed_issues_are_read_without_pull_requests(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.page_size = 1
    github.issue("one")
    github.issue("a pull request", pull_request={"url": "…"})
    github.issue("three")
    github.close(3, by=ADA)
    assert [(issue.number, issue.is_open) for issue in repository.issues()] == [
        (1, True),
        (3, False),
    ]
    assert repository.closer_of(3) == Account(login=ADA)
    assert repository.closer_of(1) is None


def test_a_branch_name_cannot_change_the_query(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.pulls = [
        github.pull(1, head=COMMIT, branch="a&state=all#b/c d", owner="eve"),
        github.pull(2, head=COMMIT, branch="a", owner="eve"),
    ]
    opened = repository.open_pull_requests(owner="eve", branch="a&state=all#b/c d")
    assert [(each.number, each.head_repository_id) for each in opened] == [(1, FORK_ID)]


def test_the_pull_requests_of_a_commit(github: GitHub, repository: GitHubRepository) -> None:
    merged = github.pull(4, head="a" * 40, merged_at="2026-03-02T09:00:00Z")
    merged["merge_commit_sha"] = COMMIT
    github.commit_pulls[COMMIT] = [merged]
    (pull_request,) = repository.pull_requests_with(COMMIT)
    assert (pull_request.number, pull_request.merge_commit_sha) == (4, COMMIT)
    assert pull_request.merged_at == "2026-03-02T09:00:00Z"


def test_a_branch_contains_a_commit_or_does_not(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.default_branch = "release/1"
    github.reachable = {COMMIT}
    head = repository.head_of("release/1")
    assert head == github.default_head
    assert repository.contains(head=head, commit=COMMIT)
    assert repository.contains(head=head, commit=head)
    assert not repository.contains(head=head, commit="d" * 40)
    github.fail("GET", "/compare/", 404)
    assert not repository.contains(head=head, commit="e" * 40)


def test_an_artifact_comes_from_the_storage_which_does_not_get_the_token(
    github: GitHub, repository: GitHubRepository
) -> None:
    artifact = github.artifact(b"{}\n")
    archive = repository.download(artifact["id"], limit=10_000)
    assert archive == github.archives[artifact["id"]]
    assert github.storage is not None
    (request,) = github.storage.received
    assert "Authorization" not in request.headers
    assert TOKEN not in str(request)


def test_an_artifact_over_the_limit_is_refused(
    github: GitHub, repository: GitHubRepository
) -> None:
    artifact = github.artifact(b"x")
    github.archives[artifact["id"]] = bytes(10_001)
    with pytest.raises(GitHubError, match="larger than 10,000 bytes"):
        repository.download(artifact["id"], limit=10_000)


@pytest.mark.parametrize(
    "location",
    [
        "http://storage.example/a",
        "ftp://127.0.0.1/a",
        "/relative",
        "",
        "https://",
        "http://u@127.0.0.1/",
    ],
)
def test_a_storage_without_tls_is_refused(
    github: GitHub, repository: GitHubRepository, location: str
) -> None:
    github.fail("GET", "/zip", 302, headers={"Location": location})
    with pytest.raises(GitHubError, match="not https"):
        repository.download(1, limit=10_000)


def test_a_storage_that_fails_is_retried_and_then_given_up(
    github: GitHub, repository: GitHubRepository
) -> None:
    github.fail("GET", "/zip", 302, headers={"Location": "http://127.0.0.1:9/a?signature=secret"})
    with pytest.raises(GitHubError, match="the storage could not be reached") as raised:
        repository.download(1, limit=10_000)
    assert "secret" not in raised.value.message


def test_an_expired_artifact_is_an_error(github: GitHub, repository: GitHubRepository) -> None:
    github.fail("GET", "/zip", 410, body={"message": "Artifact has expired"})
    with pytest.raises(GitHubError, match="410: Artifact has expired"):
        repository.download(1, limit=10_000)


@pytest.mark.parametrize(
    ("run", "is_of_a_fork"),
    [
        ({"id": 1, "repository_id": 1, "head_repository_id": 1, "head_branch": "main"}, False),
        ({"id": 1, "repository_id": 1, "head_repository_id": 2, "head_branch": "main"}, True),
        ({"id": 1, "head_branch": "main"}, True),
        (None, True),
    ],
)
def test_an_artifact_counts_as_a_forks_unless_it_is_certainly_ours(
    github: GitHub, repository: GitHubRepository, run: dict[str, object] | None, is_of_a_fork: bool
) -> None:
    github.artifact(b"", workflow_run=run)
    (artifact,) = repository.artifacts("ledger")
    assert artifact.is_of_a_fork is is_of_a_fork
