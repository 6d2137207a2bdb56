"""Requests to halt a run of a fleet, as files beside its ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.files import read_regular, write_whole
from reconciler.errors import LedgerError

_MOST_BYTES = 1000


@dataclass(frozen=True)
class HaltFiles:
    """`ports.Halts` in a folder, which the runs of a fleet share with `fleet halt`."""

    folder: Path

    def ask(self, run_id: str, *, by: str) -> None:
        """Write the run's file. Raises LedgerError."""
        path = self._path(run_id)
        try:
            write_whole(path, by.encode())
        except OSError as error:
            raise LedgerError(
                f"The request to halt cannot be written to {path}: {error.strerror}.",
                hint="The folder of the fleet's ledgers must exist and be writable.",
            ) from error

    def asked(self, run_id: str) -> str | None:
        """Who asked for it. Raises LedgerError."""
        path = self._path(run_id)
        try:
            return read_regular(path, limit=_MOST_BYTES).decode("utf-8", "replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise LedgerError(
                f"The request to halt in {path} cannot be read: {error.strerror}.",
                hint="Correct its permissions, or remove it.",
            ) from error

    def _path(self, run_id: str) -> Path:
        return self.folder / f"halt-{run_id}"
