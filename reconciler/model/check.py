"""What an examination of a tenant found, one check at a time."""

from __future__ import annotations

from enum import Enum

from reconciler.model.base import Frozen


class CheckStatus(str, Enum):
    """A failed check stops a plan or an apply; a warning is something to know before one, or says
    that nothing could be checked."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Check(Frozen):
    """What was checked and found, and the way out if that is not as it should be.

    `name` says what was checked: `clock`, or, where there may be several, `flow: Order intake`.
    """

    name: str
    status: CheckStatus
    detail: str
    hint: str = ""


class Examination(Frozen):
    """Every check of a tenant, and the name of the API by which it was examined."""

    api: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether none failed."""
        return not self.count(CheckStatus.FAILED)

    def count(self, status: CheckStatus) -> int:
        """How many checks ended like this."""
        return sum(each.status is status for each in self.checks)


def passed(name: str, detail: str) -> Check:
    """All is well."""
    return Check(name=name, status=CheckStatus.OK, detail=detail)


def warned(name: str, detail: str, *, hint: str = "") -> Check:
    """Something to know."""
    return Check(name=name, status=CheckStatus.WARNING, detail=detail, hint=hint)


def failed(name: str, detail: str, *, hint: str = "") -> Check:
    """Something to mend."""
    return Check(name=name, status=CheckStatus.FAILED, detail=detail, hint=hint)


def unchecked(name: str, because: str) -> Check:
    """Something that another fault, or the tenant, hides; `because` is a clause."""
    return warned(name, f"Not checked, because {because}.")
