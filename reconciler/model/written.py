"""The result of writing a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class WriteResult(str, Enum):
    """The result for a file, or for a slot that got no file."""

    CREATED = "created"
    REFRESHED = "refreshed"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    LEFT_OUT = "left out"

    @property
    def is_done(self) -> bool:
        """Whether the file now has the requested content."""
        return self not in {WriteResult.KEPT, WriteResult.LEFT_OUT}


@dataclass(frozen=True)
class Written:
    """The result for one file and its slot; `reason` explains why it is not as requested."""

    result: WriteResult
    path: str | None = None
    slot_id: str | None = None
    reason: str = ""
