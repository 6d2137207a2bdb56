"""A problem in the desired state, and the place where it stands."""

from __future__ import annotations

from enum import Enum

from reconciler.model.base import Frozen


class Severity(str, Enum):
    """An error stops a plan; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Source(Frozen):
    """A place in a file; line and column count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(Frozen):
    """One thing that is wrong, where, by which rule, and what to do about it."""

    source: Source
    rule: str
    message: str
    slot_id: str | None = None
    severity: Severity = Severity.ERROR
    hint: str = ""

    @property
    def is_error(self) -> bool:
        """Whether it stops a plan."""
        return self.severity is Severity.ERROR
