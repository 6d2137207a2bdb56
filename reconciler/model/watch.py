"""What a process that follows a branch does, as values: a listener can show it from these alone.

Between PassBegun and PassEnded, a pass tells

    BranchMoved     if the branch has another head than before
    Compared        what there is to do and why it is not done, or that there is nothing, if that is
                    news
    Applied         if something was applied
    DriftChecked    if it was time for that
    PassFailed      if an error ended the pass
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.errors import ReconcilerError
from reconciler.model.drift import DriftReport
from reconciler.model.gate import Rejection
from reconciler.model.outcome import RunReport
from reconciler.model.project import Project
from reconciler.model.promotion import Waiting
from reconciler.model.revision import Revision


@dataclass(frozen=True)
class PassBegun:
    """The branch is about to be looked at."""


@dataclass(frozen=True)
class BranchMoved:
    """The branch, which has this `name`, has a head that was not seen before."""

    name: str
    revision: Revision


class Kept(str, Enum):
    """Why changes that are due are not made.

    apply_is_off  reconciler.yaml of this commit does not say `watch: {apply: true}`
    held          an earlier run of this commit was stopped, and a person has to look at it
    only_drift    they would only undo what someone changed in the tenant
    """

    APPLY_IS_OFF = "apply_is_off"
    HELD = "held"
    ONLY_DRIFT = "only_drift"


@dataclass(frozen=True)
class Compared:
    """How the live slots compare with the files of a commit, if nothing is applied now.

    `due` are the slots that an apply would change, `kept` why it does not, None if it has nothing
    to do, and `held` the reason if that is HELD. `rejected` are the changes that an earlier run
    rejected, and `waiting` those that wait for another environment.
    """

    revision: Revision
    due: tuple[str, ...] = ()
    kept: Kept | None = None
    held: str = ""
    rejected: tuple[Rejection, ...] = ()
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True)
class Applied:
    """The commit was applied, with this result."""

    revision: Revision
    report: RunReport


@dataclass(frozen=True)
class DriftChecked:
    """The live slots were compared with the files, and measured if there are gates."""

    project: Project
    report: DriftReport


@dataclass(frozen=True)
class PassFailed:
    """An error ended the pass."""

    error: ReconcilerError


@dataclass(frozen=True)
class PassEnded:
    """The next pass begins after this many seconds. `failures` counts the passes that failed one
    after the other, 0 if this one did not."""

    seconds: float
    failures: int


WatchEvent = PassBegun | BranchMoved | Compared | Applied | DriftChecked | PassFailed | PassEnded
