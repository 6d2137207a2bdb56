"""Plans in files: saved by `plan --out`, and read by `apply`."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters import planfile
from reconciler.model.plan import Plan
from reconciler.ports import LedgerStore


def require_writable(path: Path, *, slots: Path, ledger: LedgerStore) -> None:
    """Raises PlanFileError where a plan would take the place of a slot file or of one of the
    ledger's files, or where a link leads it out of the working tree."""
    planfile.require_plan_path(path, slots=slots, ledger=ledger.paths)


def save(path: Path, document: str) -> None:
    """Write a plan's JSON whole or not at all. Raises PlanFileError."""
    planfile.write_plan_file(path, document)


def read(path: Path) -> Plan:
    """The plan in a file. Raises PlanFileError unless it is whole, known and undamaged."""
    return planfile.read_plan_file(path)
