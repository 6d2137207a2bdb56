"""Pages in files, for `--html`."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.output_files import require_output_path, write_output
from reconciler.ports import LedgerStore


def require_writable(path: Path, *, slots: Path, ledger: LedgerStore) -> None:
    """Raises OutputFileError if a page would replace a slot file or one of the ledger's files, or
    if a link leads out of the working tree."""
    require_output_path(path, slots=slots, ledger=ledger.paths)


def save(path: Path, page: str) -> None:
    """Write a page, completely or not at all. Raises OutputFileError."""
    write_output(path, page)
