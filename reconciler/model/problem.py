"""A problem in the desired state, and its place in a file."""

from __future__ import annotations

from enum import Enum

from pydantic import Field

from reconciler.model.base import Frozen


class Severity(str, Enum):
    """An error stops a plan; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Source(Frozen):
    """A place in a file; line and column count from 1, the column in characters.

    `excerpt` is that line of the file, if the file could be read, so that showing a place needs no
    I/O. It is not part of the place: equality and JSON ignore it. `file` is "" for what is in no
    file, such as a slot that only a command line names.
    """

    file: str
    line: int = 1
    column: int = 1
    excerpt: str | None = Field(default=None, exclude=True, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def is_known(self) -> bool:
        """Whether there is such a place; if not, a message does not name it."""
        return bool(self.file)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Source) and self._place == other._place

    def __hash__(self) -> int:
        return hash(self._place)

    @property
    def _place(self) -> tuple[str, int, int]:
        return self.file, self.line, self.column


NOWHERE = Source(file="")
"""The place of what is in no file."""


class Problem(Frozen):
    """What is wrong and where, the id of the broken rule, and what to do about it.

    Rules make problems. One that was read from a document may name a rule of another version.
    """

    source: Source
    rule: str
    message: str
    slot_id: str | None = None
    severity: Severity
    hint: str = ""

    @property
    def place(self) -> str:
        """`slots/city.yaml:3:5: `, with which a message begins; "" if it is about no file."""
        return f"{self.source}: " if self.source.is_known else ""

    @property
    def is_error(self) -> bool:
        """Whether it stops a plan."""
        return self.severity is Severity.ERROR

    def as_warning(self) -> Problem:
        """The same problem as a warning, which does not stop a plan."""
        return self.model_copy(update={"severity": Severity.WARNING})
