"""Each of our requests to GitHub conforms to the OpenAPI description that GitHub publishes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from reconciler.adapters.github import connect
from reconciler.adapters.github.repository import GitHubRepository
from reconciler.adapters.github.session import Session
from reconciler.errors import GitHubError
from reconciler.model.access import GitHubAccess
from reconciler.model.github import CommitStatus, Label, NewCommit
from reconciler.model.secret import Secret
from tests.conformance.conftest import Described
from tests.support.clock import VirtualClock
from tests.support.github import TOKEN, serving_github

pytestmark = pytest.mark.conformance

COMMIT = "a" * 40
CALLS: dict[str, Callable[[GitHubRepository], object]] = {
    "comments": lambda on: on.comments(7),
    "create_comment": lambda on: on.create_comment(7, "text"),
    "update_comment": lambda on: on.update_comment(1, "text"),
    "pull_requests_with": lambda on: on.pull_requests_with(COMMIT),
    "open_pull_requests": lambda on: on.open_pull_requests(owner="ada", branch="topic/a+b"),
    "closed_pull_requests": lambda on: on.closed_pull_requests(base="main"),
    "pull_requests_from": lambda on: on.pull_requests_from("reconciler/revert-1"),
    "create_pull_request": lambda on: on.create_pull_request(
        branch="reconciler/revert-1", base="main", title="Revert", body="text"
    ),
    "update_pull_request": lambda on: on.update_pull_request(7, title="Revert", body="text"),
    "last_commit": lambda on: on.last_commit("reconciler/revert-1"),
    "set_branch": lambda on: on.set_branch(
        "reconciler/revert-1",
        NewCommit(parent=COMMIT, tree=COMMIT, message="text", files={"slots/a.yaml": "a"}),
    ),
    "issues": lambda on: on.issues(label="reconciler-drift"),
    "closer_of": lambda on: on.closer_of(7),
    "create_issue": lambda on: on.create_issue(title="Drift", body="text", label="drift"),
    "label_issue": lambda on: on.label_issue(7, label="reconciler-drift"),
    "labels_of": lambda on: on.labels_of(7),
    "unlabel_issue": lambda on: on.unlabel_issue(7, label="slots: create"),
    "create_label": lambda on: on.create_label(
        Label(name="slots: create", color="1a7f37", description="Creates slots")
    ),
    "set_status": lambda on: on.set_status(
        COMMIT,
        CommitStatus(state="success", context="slots", description="1 to create"),
        link="https://github.com/acme/shop/actions/runs/42",
    ),
    "update_issue": lambda on: on.update_issue(7, title="Drift", body="text"),
    "reopen_issue": lambda on: on.reopen_issue(7, title="Drift", body="text"),
    "close_issue": lambda on: on.close_issue(7),
    "default_branch": lambda on: on.default_branch(),
    "head_of": lambda on: on.head_of("main"),
    "contains": lambda on: on.contains(head="b" * 40, commit=COMMIT),
    "artifacts": lambda on: on.artifacts("reconciler-ledger"),
    "run": lambda on: on.run(42),
    "download": lambda on: on.download(42, limit=1000),
}


@pytest.fixture
def repository(described: Described) -> Iterator[GitHubRepository]:
    # The description does not cover GraphQL: those queries go to the fake of the other tests.
    with (
        serving_github() as github,
        connect(
            GitHubAccess(
                api_url=described.url,
                graphql_url=f"{github.url}/graphql",
                token=Secret(TOKEN),
                owner="acme",
                name="shop",
            ),
            user_agent="slot-reconciler/test",
            clock=VirtualClock(),
            proxy_for=lambda _url: None,
        ) as repository,
    ):
        yield repository


def test_every_method_of_the_port_is_tested() -> None:
    public = {name for name in vars(GitHubRepository) if not name.startswith("_")}
    assert CALLS.keys() == public - {"viewer", "editor_of"}


def test_the_viewer_is_requested_with_graphql(repository: GitHubRepository) -> None:
    assert repository.viewer().login


@pytest.mark.parametrize("name", CALLS)
def test_the_request_conforms_and_the_described_response_is_read(
    repository: GitHubRepository, described: Described, name: str
) -> None:
    CALLS[name](repository)
    assert described.violations == []
    (judged,) = described.judged
    assert judged[1] < 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/repos/acme/shop/issues/7/comments", {"text": "the field is called body"}),
        ("/repos/acme/shop/issues/7/comments", {"body": 7}),
        ("/repos/acme/shop/issue/7/comments", {"body": "no such route"}),
    ],
)
def test_a_request_that_does_not_conform_is_refused(
    described: Described, repository: GitHubRepository, path: str, body: dict[str, object]
) -> None:
    with pytest.raises(GitHubError):
        repository._session.create(path, about="Trying", body=body)
    assert described.violations


def test_an_unknown_state_is_refused(described: Described, repository: GitHubRepository) -> None:
    session: Session = repository._session
    with pytest.raises(GitHubError):
        session.update("/repos/acme/shop/issues/7", about="Trying", body={"state": "shut"})
    assert described.violations
