"""The result of checking the ledger's chain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line. Lines count from 1."""

    line: int
    message: str


@dataclass(frozen=True)
class ChainReport:
    """The faults of a chain of `lines` whole lines.

    `torn` is the number of a half-written last line, None if the last line is whole.
    `set_aside` is where half-written lines of earlier crashes were moved, None if there are none.
    `last_hash` is the hash of the last line, "" if that line is unreadable or there is none.
    `chain` is the origin whose chain it is, "" for a file, which is the only one of its ledger.
    """

    faults: tuple[Fault, ...]
    lines: int
    torn: int | None
    set_aside: str | None
    last_hash: str
    chain: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether every line is complete and as it was written."""
        return not self.faults and self.torn is None
