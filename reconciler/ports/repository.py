"""A repository on GitHub: its comments, issues, pull requests and workflow runs."""

from __future__ import annotations

from typing import Protocol

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


class Repository(Protocol):
    """One repository on GitHub. Every method may raise a GitHubError; those that create something
    raise UnconfirmedWriteError if it is unknown whether it was created."""

    def viewer(self) -> Account:
        """The token's account."""
        ...

    def comments(self, number: int) -> list[Comment]:
        """Every comment on an issue or pull request, oldest first."""
        ...

    def editor_of(self, comment: Comment) -> Account | None:
        """Who edited a comment last; its author if nobody did, and None if the account was
        deleted."""
        ...

    def create_comment(self, number: int, body: str) -> None:
        """Comment on an issue or pull request."""
        ...

    def update_comment(self, comment_id: int, body: str) -> None:
        """Replace the text of a comment."""
        ...

    def pull_requests_with(self, commit: str) -> list[PullRequest]:
        """The pull requests that contain a commit."""
        ...

    def open_pull_requests(self, *, owner: str, branch: str) -> list[PullRequest]:
        """The open pull requests from a branch of this owner's repository."""
        ...

    def closed_pull_requests(self, *, base: str) -> list[PullRequest]:
        """The closed or merged pull requests to a branch that changed last, at most a hundred."""
        ...

    def pull_requests_from(self, branch: str) -> list[PullRequest]:
        """The pull requests from a branch of this repository, open or not."""
        ...

    def create_pull_request(self, *, branch: str, base: str, title: str, body: str) -> None:
        """Propose to merge a branch."""
        ...

    def update_pull_request(self, number: int, *, title: str, body: str) -> None:
        """Replace the title and text of a pull request."""
        ...

    def last_commit(self, branch: str) -> Commit | None:
        """The head of the branch; None if there is no such branch."""
        ...

    def set_branch(self, branch: str, commit: NewCommit) -> None:
        """Make a commit, and have the branch end with it, whatever it was before."""
        ...

    def issues(self, *, label: str | None = None) -> list[Issue]:
        """Every issue, open or closed; only those with this label if one is given."""
        ...

    def closer_of(self, number: int) -> Account | None:
        """Who closed an issue; None if that is unknown."""
        ...

    def create_issue(self, *, title: str, body: str, label: str) -> None:
        """Open an issue; if the token may not label it, GitHub leaves the label out."""
        ...

    def label_issue(self, number: int, *, label: str) -> None:
        """Add a label to an issue or pull request."""
        ...

    def labels_of(self, number: int) -> list[str]:
        """The labels of an issue or pull request."""
        ...

    def unlabel_issue(self, number: int, *, label: str) -> None:
        """Take a label off an issue or pull request; nothing if it does not have it."""
        ...

    def create_label(self, label: Label) -> None:
        """Create a label; nothing, not even its colour, if the repository has it."""
        ...

    def set_status(self, commit: str, status: CommitStatus, *, link: str | None) -> None:
        """Set a commit's status of this context, which leads to `link`."""
        ...

    def update_issue(self, number: int, *, title: str, body: str) -> None:
        """Replace the title and text of an issue."""
        ...

    def reopen_issue(self, number: int, *, title: str, body: str) -> None:
        """Reopen an issue, and replace its title and text."""
        ...

    def close_issue(self, number: int) -> None:
        """Close an issue as completed."""
        ...

    def default_branch(self) -> str:
        """The name of the default branch."""
        ...

    def head_of(self, branch: str) -> str:
        """The head commit of the branch, even if a tag has the same name."""
        ...

    def contains(self, *, head: str, commit: str) -> bool:
        """Whether the commit is in the history of the commit `head`."""
        ...

    def artifacts(self, name: str) -> list[Artifact]:
        """The artifacts with this name that workflow runs have uploaded."""
        ...

    def run(self, run_id: int) -> WorkflowRun:
        """One workflow run."""
        ...

    def download(self, artifact_id: int, *, limit: int) -> bytes:
        """An artifact's zip archive, of at most `limit` bytes."""
        ...
