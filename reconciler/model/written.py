"""What became of a file that was to be written."""

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
        """Whether the file now says what it was to say."""
        return self not in {WriteResult.KEPT, WriteResult.LEFT_OUT}


@dataclass(frozen=True)
class Written:
    """What became of one file, and of which slot's; `reason` where it is not what was asked."""

    result: WriteResult
    path: str | None = None
    slot_id: str | None = None
    reason: str = ""
