"""A repository on GitHub: its comments, issues, pull requests and workflow runs."""

from __future__ import annotations

from typing import Protocol

from reconciler.model.github import Account, Artifact, Comment, Issue, PullRequest, WorkflowRun


class Repository(Protocol):
    """One repository on GitHub. Every method may raise a GitHubError; those that create raise
    UnconfirmedWriteError where what they create may or may not be there now."""

    def viewer(self) -> Account:
        """Who this token is."""
        ...

    def comments(self, number: int) -> list[Comment]:
        """Every comment on an issue or pull request, oldest first."""
        ...

    def editor_of(self, comment: Comment) -> Account | None:
        """Who edited a comment last: its author where nobody did, None where the account is
        gone."""
        ...

    def create_comment(self, number: int, body: str) -> None:
        """Comment on an issue or pull request."""
        ...

    def update_comment(self, comment_id: int, body: str) -> None:
        """Let a comment say something else."""
        ...

    def pull_requests_with(self, commit: str) -> list[PullRequest]:
        """The pull requests that hold a commit."""
        ...

    def open_pull_requests(self, *, owner: str, branch: str) -> list[PullRequest]:
        """The open pull requests from a branch of this owner's repository."""
        ...

    def closed_pull_requests(self, *, base: str) -> list[PullRequest]:
        """Some hundred pull requests to a branch, closed or merged: those that changed last."""
        ...

    def issues(self, *, label: str | None = None) -> list[Issue]:
        """Every issue, closed ones too; of those with a label alone where one is given."""
        ...

    def closer_of(self, number: int) -> Account | None:
        """Who closed an issue; None where that is not known."""
        ...

    def create_issue(self, *, title: str, body: str, label: str) -> None:
        """Open an issue; where the token may not label it, GitHub leaves the label out."""
        ...

    def label_issue(self, number: int, *, label: str) -> None:
        """Give an issue one more label."""
        ...

    def update_issue(self, number: int, *, title: str, body: str) -> None:
        """Let an issue say something else."""
        ...

    def reopen_issue(self, number: int, *, title: str, body: str) -> None:
        """Open it again, and let it say this."""
        ...

    def close_issue(self, number: int) -> None:
        """Close it as completed."""
        ...

    def default_branch(self) -> str:
        """The name of the branch that pull requests go to."""
        ...

    def head_of(self, branch: str) -> str:
        """The commit that the branch, and no tag of its name, ends with."""
        ...

    def contains(self, *, head: str, commit: str) -> bool:
        """Whether the commit is in the history of the commit `head`."""
        ...

    def artifacts(self, name: str) -> list[Artifact]:
        """What workflow runs have left under this name."""
        ...

    def run(self, run_id: int) -> WorkflowRun:
        """One workflow run."""
        ...

    def download(self, artifact_id: int, *, limit: int) -> bytes:
        """An artifact's zip archive, of at most `limit` bytes."""
        ...
