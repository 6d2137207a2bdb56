"""The routes of GitHub's API that we use, for one repository."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from reconciler.adapters.github import shapes, storage
from reconciler.adapters.github.session import ANSWER_SECONDS, Session
from reconciler.adapters.github.shapes import parsed, parsed_list
from reconciler.adapters.http import network
from reconciler.errors import GitHubError
from reconciler.model.access import GitHubAccess
from reconciler.model.github import (
    Account,
    Artifact,
    Comment,
    Commit,
    CommitStatus,
    Issue,
    Label,
    NewCommit,
    PullRequest,
    WorkflowRun,
)
from reconciler.model.secret import Secret
from reconciler.ports import Clock

ProxyFor = Callable[[str], Secret | None]
"""Returns the proxy for a URL, as the environment sets it."""
_INSTALLATION_TOKEN = "ghs_"  # noqa: S105 - a prefix, documented by GitHub
"""Prefix of an app's token, such as the one in Actions; its account is a bot."""
_WHO_EDITED = (
    "query($id: ID!) { node(id: $id) "
    "{ ... on IssueComment { lastEditedAt editor { __typename login } } } }"
)
_MAX_STATUS = 140
"""Characters of a status's description; GitHub refuses more."""
_REACHED = frozenset({"behind", "identical"})
"""The results of comparing a head with a commit in its history."""


class GitHubRepository:
    """Implements `ports.Repository`; created only by `connect`."""

    def __init__(
        self,
        session: Session,
        *,
        owner: str,
        name: str,
        graphql_url: str,
        is_app: bool,
        clock: Clock,
        proxy_for: ProxyFor,
    ) -> None:
        self._session = session
        self._owner = owner
        self._root = f"/repos/{owner}/{name}"
        self._graphql_url = graphql_url
        self._is_app = is_app
        self._clock = clock
        self._proxy_for = proxy_for
        self._viewer: Account | None = None

    def viewer(self) -> Account:
        """The token's account; requested once. REST does not show it to a token of Actions."""
        if self._viewer is None:
            about = "Asking whose token this is"
            answer = self._session.ask(
                self._graphql_url, about=about, question="query { viewer { login } }"
            )
            login = parsed(shapes.ViewerShape, answer, about=about).data.viewer.login
            self._viewer = Account(login=login, is_bot=self._is_app)
        return self._viewer

    def comments(self, number: int) -> list[Comment]:
        """`GET …/issues/{number}/comments`: the API counts a pull request as an issue."""
        about = f"Reading the comments on #{number}"
        return [
            comment.noun()
            for page in self._session.pages(
                f"{self._root}/issues/{number}/comments", about=about, params={}
            )
            for comment in parsed_list(shapes.CommentShape, page, about=about)
        ]

    def editor_of(self, comment: Comment) -> Account | None:
        """GraphQL's `IssueComment.editor`, which REST lacks."""
        about = f"Asking who edited the comment {comment.id}"
        answer = self._session.ask(
            self._graphql_url, about=about, question=_WHO_EDITED, id=comment.node_id
        )
        edit = parsed(shapes.EditShape, answer, about=about).data.node
        return comment.author if edit.last_edited_at is None else edit.account

    def create_comment(self, number: int, body: str) -> None:
        """`POST …/issues/{number}/comments`."""
        self._session.create(
            f"{self._root}/issues/{number}/comments",
            about=f"Commenting on #{number}",
            body={"body": body},
        )

    def update_comment(self, comment_id: int, body: str) -> None:
        """`PATCH …/issues/comments/{id}`."""
        self._session.update(
            f"{self._root}/issues/comments/{comment_id}",
            about=f"Updating the comment {comment_id}",
            body={"body": body},
        )

    def pull_requests_with(self, commit: str) -> list[PullRequest]:
        """`GET …/commits/{sha}/pulls`."""
        return self._pull_requests(
            f"/commits/{_segment(commit)}/pulls",
            params={},
            about=f"Finding the pull requests of commit {commit[:12]}",
        )

    def open_pull_requests(self, *, owner: str, branch: str) -> list[PullRequest]:
        """`GET …/pulls?head=OWNER:BRANCH`."""
        return self._pull_requests(
            "/pulls",
            params={"state": "open", "head": f"{owner}:{branch}"},
            about="Finding the open pull requests of a branch",
        )

    def closed_pull_requests(self, *, base: str) -> list[PullRequest]:
        """`GET …/pulls?state=closed&base=BRANCH`, the first page."""
        about = f"Finding the pull requests that were merged into {base}"
        order = {"sort": "updated", "direction": "desc", "per_page": "100"}
        answer = self._session.read(
            f"{self._root}/pulls", about=about, params={"state": "closed", "base": base, **order}
        )
        pull_requests = parsed_list(shapes.PullRequestShape, answer, about=about)
        return [each.noun() for each in pull_requests]

    def pull_requests_from(self, branch: str) -> list[PullRequest]:
        """`GET …/pulls?state=all&head=OWNER:BRANCH`."""
        return self._pull_requests(
            "/pulls",
            params={"state": "all", "head": f"{self._owner}:{branch}"},
            about=f"Finding the pull requests from {branch}",
        )

    def create_pull_request(self, *, branch: str, base: str, title: str, body: str) -> None:
        """`POST …/pulls`."""
        try:
            self._session.create(
                f"{self._root}/pulls",
                about=f"Opening a pull request from {branch}",
                body={"title": title, "head": branch, "base": base, "body": body},
            )
        except GitHubError as error:
            if error.status != httpx.codes.FORBIDDEN:
                raise
            raise GitHubError(
                error.message,
                status=error.status,
                hint="Allow it under Settings → Actions → General: GitHub Actions may create and "
                "approve pull requests.",
            ) from error

    def update_pull_request(self, number: int, *, title: str, body: str) -> None:
        """`PATCH …/pulls/{number}`."""
        self._session.update(
            f"{self._root}/pulls/{number}",
            about=f"Updating pull request #{number}",
            body={"title": title, "body": body},
        )

    def last_commit(self, branch: str) -> Commit | None:
        """`GET …/branches/BRANCH`."""
        try:
            commit = self._branch(branch).commit
        except GitHubError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return None
            raise
        return Commit(sha=commit.sha, message=commit.commit.message if commit.commit else "")

    def set_branch(self, branch: str, commit: NewCommit) -> None:
        """`POST …/git/trees` and `…/git/commits`, then `…/git/refs`, or `PATCH …/git/refs/REF` if
        GitHub answers with 422 that there is such a branch."""
        about = f"Committing to {branch}"
        files = [
            {"path": path, "mode": "100644", "type": "blob", "content": text}
            for path, text in commit.files.items()
        ]
        tree = self._stored("trees", about=about, base_tree=commit.tree, tree=files)
        sha = self._stored(
            "commits", about=about, message=commit.message, tree=tree, parents=[commit.parent]
        )
        try:
            self._session.create(
                f"{self._root}/git/refs",
                about=about,
                body={"ref": f"refs/heads/{branch}", "sha": sha},
            )
        except GitHubError as error:
            if error.status != httpx.codes.UNPROCESSABLE_ENTITY:
                raise
            self._session.update(
                f"{self._root}/git/refs/{_segment(f'heads/{branch}')}",
                about=about,
                body={"sha": sha, "force": True},
            )

    def _stored(self, kind: str, *, about: str, **body: Any) -> str:
        answer = self._session.store(f"{self._root}/git/{kind}", about=about, body=body)
        return parsed(shapes.ObjectShape, answer, about=about).sha

    def issues(self, *, label: str | None = None) -> list[Issue]:
        """`GET …/issues`, or `…/issues?labels=LABEL`, without pull requests.

        Not filtered by `creator`: if GitHub did not accept an app's name there, the list would be
        empty and every run would open a new issue.
        """
        about = "Reading the issues"
        params = {"state": "all"} if label is None else {"state": "all", "labels": label}
        return [
            issue.noun()
            for page in self._session.pages(f"{self._root}/issues", about=about, params=params)
            for issue in parsed_list(shapes.IssueShape, page, about=about)
            if issue.pull_request is None
        ]

    def closer_of(self, number: int) -> Account | None:
        """`GET …/issues/{number}`: the listing does not say who closed an issue."""
        about = f"Reading issue #{number}"
        answer = self._session.read(f"{self._root}/issues/{number}", about=about)
        return parsed(shapes.IssueShape, answer, about=about).closer

    def create_issue(self, *, title: str, body: str, label: str) -> None:
        """`POST …/issues`."""
        self._session.create(
            f"{self._root}/issues",
            about="Opening an issue",
            body={"title": title, "body": body, "labels": [label]},
        )

    def label_issue(self, number: int, *, label: str) -> None:
        """`POST …/issues/{number}/labels`, which keeps all other labels."""
        self._session.create(
            f"{self._root}/issues/{number}/labels",
            about=f"Labelling issue #{number}",
            body={"labels": [label]},
        )

    def labels_of(self, number: int) -> list[str]:
        """`GET …/issues/{number}/labels`."""
        about = f"Reading the labels of #{number}"
        return [
            label.name
            for page in self._session.pages(
                f"{self._root}/issues/{number}/labels", about=about, params={}
            )
            for label in parsed_list(shapes.LabelShape, page, about=about)
        ]

    def unlabel_issue(self, number: int, *, label: str) -> None:
        """`DELETE …/issues/{number}/labels/{name}`."""
        try:
            self._session.delete(
                f"{self._root}/issues/{number}/labels/{_segment(label)}",
                about=f"Taking a label off #{number}",
            )
        except GitHubError as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    def create_label(self, label: Label) -> None:
        """`POST …/labels`; GitHub answers 422 if there is one of this name."""
        try:
            self._session.create(
                f"{self._root}/labels",
                about=f"Creating the label {label.name}",
                body=label.model_dump(),
            )
        except GitHubError as error:
            if error.status != httpx.codes.UNPROCESSABLE_ENTITY:
                raise

    def set_status(self, commit: str, status: CommitStatus, *, link: str | None) -> None:
        """`POST …/statuses/{sha}`; GitHub shows the last one of a context."""
        self._session.create(
            f"{self._root}/statuses/{_segment(commit)}",
            about=f"Setting the status of commit {commit[:12]}",
            body={
                **status.model_dump(),
                "description": status.description[:_MAX_STATUS],
                **({"target_url": link} if link else {}),
            },
        )

    def update_issue(self, number: int, *, title: str, body: str) -> None:
        """`PATCH …/issues/{number}`."""
        self._change_issue(number, title=title, body=body)

    def reopen_issue(self, number: int, *, title: str, body: str) -> None:
        """`PATCH …/issues/{number}` with a state."""
        self._change_issue(number, title=title, body=body, state="open", state_reason="reopened")

    def close_issue(self, number: int) -> None:
        """`PATCH …/issues/{number}` with a state."""
        self._change_issue(number, state="closed", state_reason="completed")

    def default_branch(self) -> str:
        """`GET` the repository itself."""
        about = "Reading the repository"
        answer = self._session.read(self._root, about=about)
        return parsed(shapes.RepositoryShape, answer, about=about).default_branch

    def head_of(self, branch: str) -> str:
        """`GET …/branches/BRANCH`."""
        return self._branch(branch).commit.sha

    def contains(self, *, head: str, commit: str) -> bool:
        """`GET …/compare/HEAD...COMMIT`; False for a commit that GitHub does not know.

        Both are commits, because GitHub may take the name of a branch for a tag of that name.
        """
        about = f"Looking for commit {commit[:12]} in the history of {head[:12]}"
        basehead = f"{_segment(head)}...{_segment(commit)}"
        try:
            answer = self._session.read(
                f"{self._root}/compare/{basehead}", about=about, params={"per_page": "1"}
            )
        except GitHubError as error:
            if error.status == httpx.codes.NOT_FOUND:
                return False
            raise
        return parsed(shapes.ComparisonShape, answer, about=about).status in _REACHED

    def artifacts(self, name: str) -> list[Artifact]:
        """`GET …/actions/artifacts?name=NAME`."""
        about = f"Looking for the artifact {name}"
        return [
            artifact.noun()
            for page in self._session.pages(
                f"{self._root}/actions/artifacts", about=about, params={"name": name}
            )
            for artifact in parsed(shapes.ArtifactsShape, page, about=about).artifacts
        ]

    def run(self, run_id: int) -> WorkflowRun:
        """`GET …/actions/runs/{id}`."""
        about = f"Reading the workflow run {run_id}"
        answer = self._session.read(f"{self._root}/actions/runs/{run_id}", about=about)
        return parsed(shapes.RunShape, answer, about=about).noun()

    def download(self, artifact_id: int, *, limit: int) -> bytes:
        """`GET …/actions/artifacts/{id}/zip`, then the storage that it redirects to."""
        about = f"Downloading the artifact {artifact_id}"
        location = self._session.location(
            f"{self._root}/actions/artifacts/{artifact_id}/zip", about=about
        )
        url = storage.checked_location(location, about=about)
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        transport = network(
            origin,
            proxy=self._proxy_for(origin),
            address="GITHUB_API_URL",
            seconds=storage.DOWNLOAD_SECONDS,
            clock=self._clock,
        )
        return storage.fetch(url, about=about, limit=limit, transport=transport, clock=self._clock)

    def _branch(self, branch: str) -> shapes.BranchShape:
        about = f"Reading the branch {branch}"
        answer = self._session.read(f"{self._root}/branches/{_segment(branch)}", about=about)
        return parsed(shapes.BranchShape, answer, about=about)

    def _pull_requests(self, path: str, *, params: dict[str, str], about: str) -> list[PullRequest]:
        return [
            each.noun()
            for page in self._session.pages(f"{self._root}{path}", about=about, params=params)
            for each in parsed_list(shapes.PullRequestShape, page, about=about)
        ]

    def _change_issue(self, number: int, **fields: str) -> None:
        self._session.update(
            f"{self._root}/issues/{number}", about=f"Updating issue #{number}", body=fields
        )


@contextmanager
def connect(
    access: GitHubAccess, *, user_agent: str, clock: Clock, proxy_for: ProxyFor
) -> Iterator[GitHubRepository]:
    """Access to a repository; nothing is sent until its first method is called.

    Raises ConfigurationError.
    """
    token = access.token.get_secret_value()
    session = Session(
        api_url=access.api_url,
        token=token,
        clock=clock,
        user_agent=user_agent,
        transport=network(
            access.api_url,
            proxy=proxy_for(access.api_url),
            address="GITHUB_API_URL",
            seconds=ANSWER_SECONDS,
            clock=clock,
        ),
    )
    try:
        yield GitHubRepository(
            session,
            owner=access.owner,
            name=access.name,
            graphql_url=access.graphql_url,
            is_app=token.startswith(_INSTALLATION_TOKEN),
            clock=clock,
            proxy_for=proxy_for,
        )
    finally:
        session.close()


def _segment(text: str) -> str:
    return quote(text, safe="")
