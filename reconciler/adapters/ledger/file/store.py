"""The ledger file as a store."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.ledger.file.lock import hold, holder
from reconciler.adapters.ledger.file.reading import (
    files_of,
    read_bytes,
    read_lines,
    require_usable,
    torn_path,
)
from reconciler.adapters.ledger.file.writing import FileLedger, open_ledger, restore
from reconciler.errors import LedgerError
from reconciler.model.chain import ChainReport
from reconciler.model.ledger import Entry, parse_line
from reconciler.planning.chain import check_chain
from reconciler.ports import Clock


@dataclass(frozen=True)
class FileLedgerStore:
    """`ports.LedgerStore` for the file at `path`."""

    path: Path
    clock: Clock

    @property
    def location(self) -> str:
        """The file's path."""
        return str(self.path)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The file, its lock and its torn lines."""
        return files_of(self.path)

    def exists(self) -> bool:
        """Whether anything exists at this path, even a dangling link."""
        return os.path.lexists(self.path)

    def require_usable(self) -> None:
        """Raises LedgerError unless the file is a ledger, or could become one."""
        require_usable(self.path)

    def lines(self) -> tuple[Entry | None, ...]:
        """Every complete line. Raises LedgerError if the file exists and cannot be opened."""
        return read_lines(self.path)

    def verify(self) -> tuple[ChainReport]:
        """Check the chain. Raises LedgerError if the file cannot be read."""
        content = read_bytes(self.path)
        *lines, tail = content.split(b"\n")
        last = parse_line(lines[-1]) if lines else None
        torn = torn_path(self.path)
        report = ChainReport(
            faults=tuple(check_chain(lines)),
            lines=len(lines),
            torn=len(lines) + 1 if tail else None,
            set_aside=str(torn) if torn.exists() else None,
            last_hash=last.hash if last is not None else "",
        )
        return (report,)

    def chains(self) -> dict[str, list[bytes]]:
        """The whole lines. Raises LedgerError if the file cannot be read."""
        return {"": read_bytes(self.path).split(b"\n")[:-1]}

    def adopt(self, lines: Sequence[bytes], *, origins: Collection[str], run_id: str) -> int:  # noqa: ARG002 - a file has one chain for all
        """Create the file with these lines; an existing one is never written over. Raises
        LedgerError and LockHeldError."""
        require_usable(self.path)
        with hold(self.path, run_id=run_id):
            known = read_bytes(self.path).split(b"\n")[:-1]
            if known == list(lines):
                return 0
            if self.exists():
                raise LedgerError(
                    f"There is a ledger {self.path} already, and it is not written over.",
                    hint="Set COGNIGY_AUDIT_LOG to another path.",
                )
            restore(self.path, b"".join(line + b"\n" for line in lines))
        return len(lines)

    def holder(self) -> str | None:
        """The lock's description of the apply that holds it."""
        return holder(self.path)

    def open(self, run_id: str) -> AbstractContextManager[FileLedger]:
        """Open for appending, and hold the lock. Raises LockHeldError and LedgerError."""
        return open_ledger(self.path, run_id=run_id, clock=self.clock)
