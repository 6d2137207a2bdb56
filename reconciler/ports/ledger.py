"""The record of every step, and where it is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from reconciler.model.chain import ChainReport
from reconciler.model.ledger import Entry


class Ledger(Protocol):
    """The append-only record of every step, while one run has it to itself."""

    @property
    def lines(self) -> Sequence[Entry | None]:
        """What all runs have recorded, this one too; None is a line that cannot be read."""
        ...

    def append(self, event: str, /, **data: Any) -> None:
        """Record one event; it is on disk when this returns. Raises LedgerError."""
        ...

    @property
    def last_hash(self) -> str:
        """The hash of the last line: what anchors the chain outside the file."""
        ...


class LedgerStore(Protocol):
    """Where the ledger is kept. Every method may raise a LedgerError."""

    def require_usable(self) -> None:
        """Returns if this is a ledger, or could become one; touches nothing."""
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
        """Whether a run has begun one."""
        ...

    def lines(self) -> Sequence[Entry | None]:
        """What all runs have recorded, read without the lock; None is a line that cannot be
        read. Empty where there is no ledger yet."""
        ...

    def verify(self) -> ChainReport:
        """Whether the lines are the ones that were written, in the order in which they were."""
        ...

    def holder(self) -> str | None:
        """What the lock says of the apply that holds it, "" where it cannot be read; None where
        none does."""
        ...

    def open(self, run_id: str) -> AbstractContextManager[Ledger]:
        """Take the lock for this run, and append. Raises LockHeldError while another has it."""
        ...
