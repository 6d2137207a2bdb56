"""The result of writing a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class WriteResult(str, Enum):
    """What became of a file, or of a slot that got none."""

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
    """What became of one file and its slot; `reason` explains why it is not as requested."""

    result: WriteResult
    path: str | None = None
    slot_id: str | None = None
    reason: str = ""
