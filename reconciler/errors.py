"""Every failure that a user can encounter, with its exit code and a hint.

    ReconcilerError                     1
    ├── ConfigurationError              1    a variable or the ledger's path is missing or invalid
    │   └── NoAccessError                    no variables for one of the project's environments
    ├── ManifestError                   1    slots/ cannot be used; carries the problems
    ├── PlanningError                   1    desired and live do not make a plan
    │   └── UnsupportedChangeError      4    a change that the API does not offer; a Refusal too
    ├── PlanFileError                   1    a plan file is damaged, unreadable or too new
    ├── OutputFileError                 1    a file that the user names cannot be written there
    ├── LedgerError                     1    the ledger cannot be read or written
    ├── TenantError                     1    the tenant refused, or gave no usable answer
    │   ├── AuthenticationError              401: credentials, token or scope
    │   ├── PermissionDeniedError            403: role or workspace
    │   ├── NotFoundError                    404
    │   ├── ConflictError                    412: someone else has written since
    │   ├── UnsupportedError                 the tenant lacks the route
    │   ├── RequestRejectedError             any other 4xx that is not transient
    │   ├── UnavailableError                 no usable answer after all attempts, or unreachable
    │   ├── MalformedResponseError           an answer of an unexpected shape
    │   ├── InconsistentReadError            reads that contradict one another
    │   ├── RetrainingFailedError            stored, but not trained
    │   │   └── UntrainableError             and it never will be, as it is
    │   │       └── TrainingTimeoutError     or not within the time that it has
    │   ├── NotStoredAsSentError             accepted, but something else was stored
    │   ├── OutcomeUnknownError              a write that may or may not have been stored
    │   └── AmbiguousTenantError        4    two things of one name; a Refusal too
    ├── DocumentError                   1    a saved result is damaged or of another kind
    ├── GitError                        1    git, or what it should read from a remote
    ├── GitHubError                     1    GitHub refused, or gave no usable answer
    │   └── UnconfirmedWriteError            a comment or issue that may or may not exist now
    ├── ForeignEditError                1    someone else has changed the slot
    ├── Refusal                         4    refused before anything was changed
    │   ├── StalePlanError                   made for another endpoint, desired or live state
    │   ├── LimitExceededError               more changes or deletions than the limits allow
    │   ├── NothingListedError               the listing no longer shows any of our slots
    │   ├── PruneRefusedError                --prune with nothing that it may delete
    │   ├── UnmeasurableError                a gate that can never judge, as it is set up
    │   ├── NoSnapshotError                  the snapshot before an apply was not taken
    │   ├── UnshownPlanError                 a change that no pull request showed
    │   ├── RevertRefusedError               a revert would undo more than its run; carries why
    │   ├── SupersededError                  nobody wants it any more who asked for it
    │   └── LockHeldError                    another apply is running
    ├── DefectError                     1    a bug in reconciler
    └── Interrupted                     130  Ctrl-C or SIGTERM

A message says what happened, with numbers; the hint says what to do about it. Neither ever contains
a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from reconciler.model.problem import Problem
    from reconciler.model.reversal import Obstacle


class ReconcilerError(Exception):
    """What a user sees: a message, a hint and an exit code.

    `lines` are the lines of the message; a line break inside one of them comes from foreign text.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", details: Sequence[str] = ()) -> None:
        self.lines = (message, *(f"  {detail}" for detail in details))
        self.message = "\n".join(self.lines)
        super().__init__(self.message)
        self.hint = hint

    def about(self, place: str) -> ReconcilerError:
        """The same error, whose message begins with the place that it is about."""
        found = copy(self)
        found.lines = (f"{place}: {self.lines[0]}", *self.lines[1:])
        found.message = "\n".join(found.lines)
        found.args = (found.message,)
        return found

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own would call `__init__` with `args`, but each class has other parameters.
        return _bare, (type(self), self.args), self.__dict__


class ConfigurationError(ReconcilerError):
    """A part of the configuration is missing or invalid."""


class NoAccessError(ConfigurationError):
    """None of the variables that lead to a tenant are set for this environment."""


class _WithProblems(ReconcilerError):
    def __init__(self, message: str, *, problems: Sequence[Problem] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class ManifestError(_WithProblems):
    """The desired state cannot be used; `problems` lists all reasons."""


class PlanningError(_WithProblems):
    """Desired and live state do not make a plan; `problems` lists all reasons."""


class PlanFileError(ReconcilerError):
    """A saved plan is damaged, unreadable, or of an unknown major format version."""


class OutputFileError(ReconcilerError):
    """A plan, a page or another file that the user names cannot be written, or may not be there."""


class LedgerError(ReconcilerError):
    """The ledger cannot be read or written."""


class TenantError(ReconcilerError):
    """The tenant refused, or gave no usable answer."""


class AuthenticationError(TenantError):
    """401, even with a new token: wrong credentials, or a missing scope."""


class PermissionDeniedError(TenantError):
    """403: a role is missing, or the slot belongs to another bot's workspace."""


class NotFoundError(TenantError):
    """404 for something that was expected to exist."""


class ConflictError(TenantError):
    """412: the slot no longer has the revision that we read."""


class UnsupportedError(TenantError):
    """The tenant has no route for the request."""


class RequestRejectedError(TenantError):
    """A 4xx that no retry can fix; the request was not carried out."""


class UnavailableError(TenantError):
    """No usable answer after all attempts, or a connection failure that no retry can fix.

    A write that ends with this error was not carried out.
    """


class MalformedResponseError(TenantError):
    """An answer that is not JSON, or JSON of another shape than the API's."""


class InconsistentReadError(TenantError):
    """One read shows the slot and another does not, for example because reads lag behind a
    write."""


class OutcomeUnknownError(TenantError):
    """A write whose response was lost, or was a 408 or 5xx: it may or may not have been stored.

    `status` is the HTTP status, or None if no response arrived.
    """

    def __init__(self, message: str, *, status: int | None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class RetrainingFailedError(TenantError):
    """Training failed. From a tenant's `store`, only a read shows whether the slot was stored;
    from the engine, it was."""


class UntrainableError(RetrainingFailedError):
    """The tenant has tried, and cannot train what it holds: asking again is useless."""


class TrainingTimeoutError(UntrainableError):
    """Training took too long: asking again is useless now, and may not be later."""


class NotStoredAsSentError(TenantError):
    """The tenant accepted a write, but its answer shows that it stored something else."""


class DocumentError(ReconcilerError):
    """A saved result is damaged, unreadable, too large or of another kind."""


class GitError(ReconcilerError):
    """Git cannot be run, or cannot read what it should. The message has git's words, without the
    credentials of a URL."""


class GitHubError(ReconcilerError):
    """GitHub refused, or gave no usable answer. `status` is the HTTP status, if it is the cause."""

    def __init__(self, message: str, *, status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class UnconfirmedWriteError(GitHubError):
    """A write whose response was lost, or was a 408 or 5xx: check before sending it again."""


class ForeignEditError(ReconcilerError):
    """The live slot is neither what it was nor what we wrote: someone else has changed it."""


class Refusal(ReconcilerError):
    """Refused before anything was changed."""

    exit_code = 4


class StalePlanError(Refusal):
    """The plan was made for another endpoint, tool, desired state or live state."""


class SupersededError(Refusal):
    """The run that asked for this has ended meanwhile, and another one may have begun."""


class LimitExceededError(Refusal):
    """The plan changes or deletes more than the limits allow."""


class NothingListedError(Refusal):
    """The tenant lists none of the slots that we left live; most likely it has a problem."""


class PruneRefusedError(Refusal):
    """`--prune` without `owns`, or with an empty desired state."""


class UnmeasurableError(Refusal):
    """A gate should judge a change, and what it measures does not exist, or measures nothing."""


class NoSnapshotError(Refusal):
    """A snapshot is to be taken before the first change, and the tenant has not taken it."""


class UnshownPlanError(Refusal):
    """The plan contains changes that no pull request has shown."""


class UnsupportedChangeError(PlanningError, Refusal):
    """The plan would be one, but for changes that the tenant's API does not offer."""


class RevertRefusedError(Refusal):
    """A run cannot be reverted as asked; `obstacles` lists what stands in the way."""

    def __init__(self, message: str, *, obstacles: Sequence[Obstacle], hint: str) -> None:
        super().__init__(message, hint=hint, details=[str(each) for each in obstacles])
        self.obstacles = tuple(obstacles)


class LockHeldError(Refusal):
    """Another apply holds the ledger's lock."""


class DefectError(ReconcilerError):
    """A bug in reconciler: any exception that is not a ReconcilerError."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            f"This is a bug in reconciler: {type(cause).__name__}: {str(cause)[:300]}",
            hint="Please report it, with the output of the same command run with -vv.",
        )


class Interrupted(ReconcilerError):
    """Ctrl-C or SIGTERM arrived during a wait that may be interrupted."""

    exit_code = 130

    def __init__(self, message: str = "Interrupted.") -> None:
        super().__init__(message)


class AmbiguousTenantError(TenantError, Refusal):
    """The tenant has several things that a name in the files could mean, such as two flows of one
    name. Nobody but the user can say which is meant."""


def _bare(kind: type[ReconcilerError], args: tuple[Any, ...]) -> ReconcilerError:
    """An error without attributes; unpickling sets them afterwards."""
    return kind.__new__(kind, *args)


def message_of(error: Exception) -> str:
    """The message of any exception."""
    return error.message if isinstance(error, ReconcilerError) else str(error)
