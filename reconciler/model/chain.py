"""What a check of the ledger's chain found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line, by its number from 1."""

    line: int
    message: str


@dataclass(frozen=True)
class ChainReport:
    """The faults of a ledger of `lines` whole lines.

    `torn` is the number of a half-written last line, None where the last line is whole.
    `set_aside` says where half-written lines of earlier crashes were moved, if any were.
    `last_hash` is the hash of the last line, "" for an unreadable line or an empty
    ledger.
    """

    faults: tuple[Fault, ...]
    lines: int
    torn: int | None
    set_aside: str | None
    last_hash: str

    @property
    def is_whole(self) -> bool:
        """Whether every line is the one that was written, to its end."""
        return not self.faults and self.torn is None
