"""The record of every step, and its store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from reconciler.model.chain import ChainReport
from reconciler.model.ledger import Entry


class Lease(Protocol):
    """The right of one run to write to a tenant, while nobody else does."""

    def require(self, seconds: float) -> None:
        """Raises LedgerError unless the lease lives, and will for this long: as long as a write
        that leaves now may be on its way. After an error nothing more is recorded."""
        ...

    @property
    def fence(self) -> int:
        """A number that grows with each holder, so that other machines can tell whether it is still
        this run; 0 for a lease that they do not share."""
        ...

    @property
    def inherited(self) -> Sequence[float]:
        """How many seconds ago each request ended that the last holder sent in its last minute."""
        ...

    def hand_over(self, requests: Sequence[float]) -> None:
        """Leave the same to the next holder, as of now; the lease is released soon after."""
        ...


class Unshared:
    """A lease that cannot be lost: nobody else can take it while this process lives."""

    fence = 0
    inherited: Sequence[float] = ()

    def require(self, seconds: float) -> None:
        """It lives."""

    def hand_over(self, requests: Sequence[float]) -> None:
        """Nobody inherits anything."""


UNSHARED: Lease = Unshared()
"""For a connection that does not write, or in a test."""


class Ledger(Lease, Protocol):
    """The append-only record of every step, opened by one run, which holds its lock."""

    @property
    def lines(self) -> Sequence[Entry | None]:
        """The lines of all runs, including this one; None is a line that cannot be read."""
        ...

    def append(self, event: str, /, **data: Any) -> None:
        """Record one event; it is on disk when this returns. Raises LedgerError, also if the run
        has lost its lock; after that, nothing more is sent."""
        ...

    @property
    def last_hash(self) -> str:
        """The hash of the last line, which anchors the chain outside the file."""
        ...


class LedgerStore(Protocol):
    """The store of the ledger. Every method may raise a LedgerError."""

    def require_usable(self) -> None:
        """Raises LedgerError unless this is a ledger, or could become one; changes nothing."""
        ...

    @property
    def location(self) -> str:
        """Where it is kept, for messages."""
        ...

    @property
    def paths(self) -> Collection[Path]:
        """The files that belong to it, which nothing else may write."""
        ...

    def exists(self) -> bool:
        """Whether there is a ledger."""
        ...

    def lines(self) -> Sequence[Entry | None]:
        """The lines of all runs, read without the lock; None is a line that cannot be read. Empty
        if there is no ledger yet."""
        ...

    def verify(self) -> Sequence[ChainReport]:
        """Check of each chain whether the lines are those that were written, in the same order."""
        ...

    def chains(self) -> Mapping[str, Sequence[bytes]]:
        """The whole lines of each chain as they were written, without their line ends, by origin. A
        file has a single chain, of the origin ""."""
        ...

    def adopt(self, lines: Sequence[bytes], *, origins: Collection[str], run_id: str) -> int:
        """Add lines as they are, to the chain of each of these origins, under its lock; a chain
        that begins with some of them gets the rest. Returns how many lines the chains lacked at
        most. Raises LedgerError for a chain with other lines, and LockHeldError."""
        ...

    def holder(self) -> str | None:
        """The lock's description of the apply that holds it, "" if it cannot be read; None if no
        apply holds it."""
        ...

    def open(self, run_id: str) -> AbstractContextManager[Ledger]:
        """Open for appending and hold the lock. Raises LockHeldError while another run holds it."""
        ...
