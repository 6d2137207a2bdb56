"""Every failure that a user can meet, with its exit code and a way out.

    ReconcilerError                     1
    ├── ConfigurationError              1    a variable or the ledger's path is missing or bad
    ├── ManifestError                   1    slots/ cannot be used; carries the problems
    ├── PlanningError                   1    desired and live do not make a plan
    ├── PlanFileError                   1    a plan file is damaged, unreadable or too new
    ├── LedgerError                     1    the ledger cannot be read or written
    ├── TenantError                     1    the tenant said no, or nothing usable
    │   ├── AuthenticationError              401: credentials, token or scope
    │   ├── PermissionDeniedError            403: role or workspace
    │   ├── NotFoundError                    404
    │   ├── ConflictError                    412: somebody else wrote in between
    │   ├── UnsupportedError                 the tenant lacks the route
    │   ├── RequestRejectedError             any other 4xx that does not pass
    │   ├── UnavailableError                 no usable answer after every attempt, or no way there
    │   ├── MalformedResponseError           an answer of an unknown shape
    │   ├── InconsistentReadError               reads that contradict one another
    │   ├── RetrainingFailedError            stored, and then not trained
    │   ├── NotStoredAsSentError             accepted, and something else is stored
    │   └── OutcomeUnknownError              a write that may or may not have been stored
    ├── DocumentError                   1    a saved result is damaged, or of another kind
    ├── GitHubError                     1    GitHub said no, or nothing usable
    │   └── UnconfirmedWriteError            a comment or issue that may or may not be there now
    ├── ForeignEditError                1    somebody else changed the slot meanwhile
    ├── Refusal                         4    refused before anything was changed
    │   ├── StalePlanError                   made for another endpoint, desired or live state
    │   ├── LimitExceededError               more changes or deletions than the limits allow
    │   ├── NothingListedError               the listing shows none of our slots any more
    │   ├── PruneRefusedError                --prune with nothing that it may delete
    │   ├── UnshownPlanError                 a change that no pull request has shown
    │   └── LockHeldError                    another apply is at work
    ├── DefectError                     1    a mistake of ours
    └── Interrupted                     130  Ctrl-C or SIGTERM

A message says what happened, with numbers; the hint says what to do about it.
Neither ever holds a secret.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from reconciler.model.problem import Problem


class ReconcilerError(Exception):
    """What a user is told: one message, one hint, one exit code.

    `lines` are the message as it is shown: a line break within one of them is not ours.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "", details: Sequence[str] = ()) -> None:
        self.lines = (message, *(f"  {detail}" for detail in details))
        self.message = "\n".join(self.lines)
        super().__init__(self.message)
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        # Exception's own would call `__init__` with `args`, and each class asks for others.
        return _bare, (type(self), self.args), self.__dict__


class ConfigurationError(ReconcilerError):
    """The environment lacks something, or holds something that is refused."""


class _WithProblems(ReconcilerError):
    def __init__(self, message: str, *, problems: Sequence[Problem] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)


class ManifestError(_WithProblems):
    """The desired state cannot be used; `problems` lists every reason found."""


class PlanningError(_WithProblems):
    """Desired and live state do not make a plan; `problems` lists every reason found."""


class PlanFileError(ReconcilerError):
    """A saved plan is damaged, unreadable, or of an unknown major format version."""


class LedgerError(ReconcilerError):
    """The ledger cannot be read or written."""


class TenantError(ReconcilerError):
    """The tenant refused, or did not answer usably."""


class AuthenticationError(TenantError):
    """401: wrong credentials, an expired token that a new one did not cure, or a lacking scope."""


class PermissionDeniedError(TenantError):
    """403: a role is missing, or the slot belongs to another bot's workspace."""


class NotFoundError(TenantError):
    """404 where something was expected."""


class ConflictError(TenantError):
    """412: the slot no longer has the revision that we read."""


class UnsupportedError(TenantError):
    """The tenant has no route for what was asked."""


class RequestRejectedError(TenantError):
    """A 4xx that no retry cures; the request was not carried out."""


class UnavailableError(TenantError):
    """No usable answer after every attempt, or no way to the tenant that another would open.

    A write that ends so was not carried out.
    """


class MalformedResponseError(TenantError):
    """An answer that is not JSON, or JSON of another shape than the API's."""


class InconsistentReadError(TenantError):
    """One read shows the slot and another does not, as while some lag behind a write."""


class OutcomeUnknownError(TenantError):
    """A write whose answer was lost or was a 408 or 5xx: it may or may not have been stored.

    `status` is the HTTP status, or None where no answer arrived.
    """

    def __init__(self, message: str, *, status: int | None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class RetrainingFailedError(TenantError):
    """Training failed. From a tenant's `store`, only a read shows whether the slot was stored;
    from the engine, it was."""


class NotStoredAsSentError(TenantError):
    """The tenant accepted a write, and its answer shows that it stored something else."""


class DocumentError(ReconcilerError):
    """A saved result of ours is damaged, unreadable, too large, or of another kind."""


class GitHubError(ReconcilerError):
    """GitHub refused, or did not answer usably. `status` is the HTTP status where that is why."""

    def __init__(self, message: str, *, status: int | None = None, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


class UnconfirmedWriteError(GitHubError):
    """A write whose answer was lost or was a 408 or 5xx: look before sending it again."""


class ForeignEditError(ReconcilerError):
    """The live slot is neither what it was nor what we wrote: somebody else changed it."""


class Refusal(ReconcilerError):
    """Refused before anything was changed."""

    exit_code = 4


class StalePlanError(Refusal):
    """The plan was made for another endpoint, tool, desired state or live state."""


class LimitExceededError(Refusal):
    """The plan changes or deletes more than the limits allow."""


class NothingListedError(Refusal):
    """The tenant lists none of the slots that we left live: most likely it is in trouble."""


class PruneRefusedError(Refusal):
    """`--prune` without `owns`, or with an empty desired state."""


class UnshownPlanError(Refusal):
    """The plan holds changes that no pull request has shown."""


class LockHeldError(Refusal):
    """Another apply holds the ledger's lock."""


class DefectError(ReconcilerError):
    """A mistake of ours: what no other class was made for."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            f"This is a defect of reconciler: {type(cause).__name__}: {str(cause)[:300]}",
            hint="Please report it, with the output of the same command and -vv.",
        )


class Interrupted(ReconcilerError):
    """Ctrl-C or SIGTERM arrived while waiting was allowed to end."""

    exit_code = 130

    def __init__(self, message: str = "Interrupted.") -> None:
        super().__init__(message)


def _bare(kind: type[ReconcilerError], args: tuple[Any, ...]) -> ReconcilerError:
    """An error on its way back from a pickle, which fills in the rest."""
    return kind.__new__(kind, *args)


def message_of(error: Exception) -> str:
    """What is told of an error that may be none of ours."""
    return error.message if isinstance(error, ReconcilerError) else str(error)
