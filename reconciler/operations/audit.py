"""Check the ledger, and read its history."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import LedgerError
from reconciler.model.chain import ChainReport
from reconciler.model.ledger import Entry
from reconciler.planning.damage import unreadable_lines
from reconciler.ports import LedgerStore


@dataclass(frozen=True)
class AuditHistory:
    """The ledger's entries, oldest first, and the holder of its lock, if any.

    `damage` names the lines that cannot be read; it is "" if there are none.
    """

    entries: tuple[Entry, ...]
    at_work: str | None
    damage: str


def verify(ledger: LedgerStore) -> ChainReport:
    """Check that no line was changed, removed, inserted or moved.

    Finds accidental damage and careless edits: anyone who can rewrite the whole ledger can rewrite
    the chain too. Raises LedgerError for a missing or unreadable ledger.
    """
    _require_there(ledger)
    return ledger.verify()


def history(ledger: LedgerStore, *, run_id: str | None = None) -> AuditHistory:
    """The history of one run, or of all. Raises LedgerError for a missing or unreadable ledger, and
    for a run that is not in it."""
    _require_there(ledger)
    at_work = ledger.holder()  # before the lines: a run that ends in between is shown as ended
    lines = ledger.lines()
    entries = tuple(line for line in lines if line is not None)
    if run_id is not None:
        entries = tuple(entry for entry in entries if entry.run_id == run_id)
        if not entries:
            raise LedgerError(
                f"The ledger {ledger.location} has no run {run_id}.",
                hint="`reconciler audit show` lists them all.",
            )
    return AuditHistory(entries=entries, at_work=at_work, damage=unreadable_lines(lines) or "")


def _require_there(ledger: LedgerStore) -> None:
    if not ledger.exists():
        raise LedgerError(
            f"There is no ledger {ledger.location}.",
            hint="An apply creates it, at the path in COGNIGY_AUDIT_LOG.",
        )
