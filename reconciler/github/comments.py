"""One comment, updated in place. It is found by its marker among the comments of our account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from reconciler.github.unconfirmed import until_confirmed
from reconciler.model.github import Account, Comment
from reconciler.ports import Clock, Repository

Marked = Callable[[str], bool]
"""Whether a body contains our marker."""


class Step(str, Enum):
    """What to do about the comment."""

    CREATE = "create"
    UPDATE = "update"
    KEEP = "keep"


@dataclass(frozen=True)
class Published:
    """What was done, and how many other comments of ours have the same marker."""

    step: Step
    others: int


def ours(comments: Sequence[Comment], *, viewer: Account, marked: Marked) -> list[Comment]:
    """The comments by our account, `viewer`, that contain the marker, oldest first."""
    return [
        comment for comment in comments if viewer.is_same(comment.author) and marked(comment.body)
    ]


def step_for(found: Sequence[Comment], *, body: str) -> Step:
    """How to make the first comment of ours say `body`."""
    if not found:
        return Step.CREATE
    return Step.KEEP if found[0].body.strip() == body.strip() else Step.UPDATE


def find(number: int, *, repository: Repository, marked: Marked) -> list[Comment]:
    """Our marked comments on a pull request, oldest first."""
    comments = [comment for comment in repository.comments(number) if marked(comment.body)]
    return ours(comments, viewer=repository.viewer(), marked=marked) if comments else []


def is_as_written(comment: Comment, *, repository: Repository) -> bool:
    """Whether a comment of ours still says what we wrote. Anyone with write access to the
    repository can edit it, and with it the data that it stores for a later run."""
    return repository.viewer().is_same(repository.editor_of(comment))


def publish(
    body: str, *, number: int, repository: Repository, clock: Clock, marked: Marked
) -> Published:
    """Make our first comment on a pull request say `body`, creating it if there is none. Writes
    nothing if it already says that."""

    def look_and_write() -> Published:
        found = find(number, repository=repository, marked=marked)
        step = step_for(found, body=body)
        if step is Step.CREATE:
            repository.create_comment(number, body)
        elif step is Step.UPDATE:
            repository.update_comment(found[0].id, body)
        return Published(step=step, others=max(0, len(found) - 1))

    return until_confirmed(look_and_write, clock=clock)
