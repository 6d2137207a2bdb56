"""Check the ledger, and read its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.errors import LedgerError
from reconciler.model.audit import RecordedRun, recorded_runs
from reconciler.model.chain import ChainReport
from reconciler.model.closest import closest
from reconciler.model.ledger import Entry
from reconciler.model.listed import listed
from reconciler.planning.damage import unreadable_lines
from reconciler.planning.named import Named
from reconciler.ports import LedgerStore

_LAST = 3
"""The runs that an error message names."""


@dataclass(frozen=True)
class AuditHistory:
    """The ledger's entries, oldest first, and the holder of its lock, if any.

    `damage` names the lines that cannot be read; it is "" if there are none.
    """

    entries: tuple[Entry, ...]
    at_work: str | None
    damage: str

    @property
    def runs(self) -> tuple[RecordedRun, ...]:
        """What the entries say about each run, oldest first."""
        return recorded_runs(self.entries, at_work=self.at_work)


def verify(ledger: LedgerStore) -> Sequence[ChainReport]:
    """Check of each chain that no line was changed, removed, inserted or moved.

    Finds accidental damage and careless edits: anyone who can rewrite the whole ledger can rewrite
    the chain too. Raises LedgerError for a missing or unreadable ledger.
    """
    require_there(ledger)
    return ledger.verify()


def history(
    ledger: LedgerStore, *, run_id: str | None = None, slot: str | None = None
) -> AuditHistory:
    """The history of one run, of one slot by its id or a name that it has had, or of everything.

    For a slot, these are its own entries, and the start and end of each run that has any. Raises
    LedgerError for a missing or unreadable ledger, and for a run or slot that is not in it.
    """
    require_there(ledger)
    at_work = ledger.holder()  # before the lines: a run that ends in between is shown as ended
    lines = ledger.lines()
    entries = tuple(line for line in lines if line is not None)
    if run_id is not None:
        entries = _of_run(entries, run_id, ledger=ledger)
    if slot is not None:
        entries = _of_slot(entries, slot, ledger=ledger)
    return AuditHistory(entries=entries, at_work=at_work, damage=unreadable_lines(lines) or "")


def _of_run(entries: Iterable[Entry], run_id: str, *, ledger: LedgerStore) -> tuple[Entry, ...]:
    found = tuple(entry for entry in entries if entry.run_id == run_id)
    if not found:
        raise unknown_run(run_id, entries, ledger=ledger)
    return found


def unknown_run(run_id: str, entries: Iterable[Entry], *, ledger: LedgerStore) -> LedgerError:
    """The error about a run that is not in the ledger, with those that may be meant."""
    runs = tuple(dict.fromkeys(entry.run_id for entry in entries))
    close = closest(run_id, runs)
    last = f"The last runs: {listed(runs[: -_LAST - 1 : -1])}. " if runs else ""
    return LedgerError(
        f"The ledger {ledger.location} has no run {run_id}.",
        hint=f"{f'Did you mean {close}? ' if close else ''}{last}"
        "`reconciler audit list` lists them all.",
    )


def _of_slot(entries: tuple[Entry, ...], slot: str, *, ledger: LedgerStore) -> tuple[Entry, ...]:
    named = Named(_names(entries))
    slot_id = named.slot_id(slot)
    runs = {entry.run_id for entry in entries if entry.data.get("slot_id") == slot_id}
    if not runs:
        raise LedgerError(
            f"The ledger {ledger.location} has no change of a slot {slot}.",
            hint=named.advice(slot) or "`reconciler audit show` shows every change.",
        )
    return tuple(
        entry
        for entry in entries
        if entry.run_id in runs and entry.data.get("slot_id", slot_id) == slot_id
    )


def _names(entries: Iterable[Entry]) -> Iterator[tuple[str, str | None]]:
    """Each slot of the entries with the names that it had before and after a change."""
    for entry in entries:
        slot_id = entry.data.get("slot_id")
        if not isinstance(slot_id, str):
            continue
        yield slot_id, None
        for side in (entry.data.get("before"), entry.data.get("after")):
            name = side.get("name") if isinstance(side, dict) else None
            if isinstance(name, str):
                yield slot_id, name


def require_there(ledger: LedgerStore) -> None:
    """Raises LedgerError for a ledger that does not exist."""
    if not ledger.exists():
        raise LedgerError(
            f"There is no ledger {ledger.location}.",
            hint="An apply creates it, at the path in COGNIGY_AUDIT_LOG; for a database, "
            "`reconciler ledger init` does.",
        )
