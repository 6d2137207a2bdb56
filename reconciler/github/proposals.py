"""One pull request for each branch of ours: opened once, updated, and never merged by us.

our pull request      same files    other files
none                  -             open
open                  -             update
open, taken over      -             -
closed or merged      -             -

It is taken over once someone has pushed to its branch, or replaced its text. What a person closed
stays closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from reconciler.github.unconfirmed import until_confirmed
from reconciler.model.github import NewCommit, PullRequest
from reconciler.ports import Clock, Repository


class Taken(str, Enum):
    """What was done about our pull request; the values are participles."""

    OPEN = "opened"
    UPDATE = "updated"
    KEEP = "left as it is"


@dataclass(frozen=True)
class Proposal:
    """The pull request that there should be. `marked` recognises the body of ours, `shows_same` the
    body of one with the same files, and `committed` the message of a commit of ours."""

    branch: str
    commit: NewCommit
    title: str
    body: str
    marked: Callable[[str], bool]
    shows_same: Callable[[str], bool]
    committed: Callable[[str], bool]


@dataclass(frozen=True)
class Proposed:
    """What was done to which pull request; `number` is None if there was none before."""

    branch: str
    taken: Taken
    number: int | None = None


def propose(proposal: Proposal, *, repository: Repository, clock: Clock) -> Proposed:
    """Have one pull request show the proposal. Writes nothing if it already does."""

    def look_and_write() -> Proposed:
        found = _foremost(repository.pull_requests_from(proposal.branch))
        if found is None and not _is_free(proposal, repository=repository):
            return Proposed(proposal.branch, Taken.KEEP)
        if found is None:
            repository.set_branch(proposal.branch, proposal.commit)
            repository.create_pull_request(
                branch=proposal.branch,
                base=repository.default_branch(),
                title=proposal.title,
                body=proposal.body,
            )
            return Proposed(proposal.branch, Taken.OPEN)
        if not _is_out_of_date(found, proposal, repository=repository):
            return Proposed(proposal.branch, Taken.KEEP, found.number)
        repository.set_branch(proposal.branch, proposal.commit)
        repository.update_pull_request(found.number, title=proposal.title, body=proposal.body)
        return Proposed(proposal.branch, Taken.UPDATE, found.number)

    return until_confirmed(look_and_write, clock=clock)


def _foremost(found: list[PullRequest]) -> PullRequest | None:
    """The open one; if none is open, the last one."""
    still_open = [each for each in found if each.is_open]
    return max(still_open or found, key=lambda each: each.number, default=None)


def _is_out_of_date(found: PullRequest, proposal: Proposal, *, repository: Repository) -> bool:
    """Whether it is open and still ours, and shows other files."""
    if not found.is_open or not proposal.marked(found.body) or proposal.shows_same(found.body):
        return False
    return _is_free(proposal, repository=repository)


def _is_free(proposal: Proposal, *, repository: Repository) -> bool:
    """Whether nobody else has pushed to the branch."""
    head = repository.last_commit(proposal.branch)
    return head is None or proposal.committed(head.message)
