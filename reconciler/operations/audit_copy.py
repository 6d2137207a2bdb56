"""Copy a ledger's lines out of a store, and into one, with their hashes unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.adapters.output_files import require_output_path, write_output
from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.ledger import Entry, parse_line
from reconciler.model.listed import listed
from reconciler.operations.audit import require_there
from reconciler.planning.chain import check_chain
from reconciler.planning.fleet_chain import FLEET_CHAIN, FLEET_STARTED
from reconciler.planning.history import replay_all
from reconciler.ports import Clock, LedgerStore


@dataclass(frozen=True)
class Copied:
    """How many lines were copied; `origins` are the tenants whose runs they record. `known` of the
    lines were there already, and `torn` says that a half-written last line was left out."""

    lines: int
    origins: tuple[str, ...] = ()
    known: int = 0
    torn: bool = False


def export(ledger: LedgerStore, path: Path, *, origin: str | None, slots: Path) -> Copied:
    """Write the chain of this origin, or the only one, to a file of JSON Lines.

    Raises LedgerError for a missing or damaged ledger, or if it is unclear which chain is meant,
    and OutputFileError.
    """
    require_there(ledger)
    require_output_path(path, slots=slots, ledger=ledger.paths)
    chains = ledger.chains()
    names = [name for name in chains if name]
    if origin is None and len(chains) > 1:
        raise LedgerError(
            f"{ledger.location} has the ledgers of {listed(names)}.",
            hint="Say which one is meant, with --origin.",
        )
    if origin is not None and origin not in names:
        raise LedgerError(
            f"{ledger.location} has no ledger of {origin}.",
            hint=f"It has those of {listed(names)}." if names else "Leave out --origin.",
        )
    lines = chains.get(origin, ()) if origin is not None else next(iter(chains.values()), ())
    _require_whole(lines, name=ledger.location)
    write_output(path, b"".join(line + b"\n" for line in lines).decode())
    return Copied(lines=len(lines), origins=tuple(names) if origin is None else (origin,))


def import_(path: Path, ledger: LedgerStore, *, run_id: str, clock: Clock) -> Copied:
    """Copy the lines of a ledger file, each to the chain of every tenant that the file is about, or
    to the fleet's own: its hashes link all of them together. A chain that has the first of these
    lines gets the rest.

    Raises LedgerError for a missing or damaged file, and for a chain that has other lines, and
    LockHeldError while an apply uses either.
    """
    source = FileLedgerStore(path, clock=clock)
    source.require_usable()
    require_there(source)
    holder = source.holder()
    if holder is not None:
        raise LockHeldError(
            f"An apply is writing to {path} ({holder}).", hint="Wait for it to finish."
        )
    lines = source.chains()[""]
    _require_whole(lines, name=str(path))
    entries = [parse_line(line) for line in lines]
    origins = tuple(_chains_of(entries))
    if not origins:
        raise LedgerError(f"{path} records no run.", hint="There is nothing to import.")
    added = ledger.adopt(lines, origins=origins, run_id=run_id)
    (report,) = source.verify()
    return Copied(
        lines=added,
        origins=origins,
        known=len(lines) - added,
        torn=report.torn is not None,
    )


def _chains_of(entries: Sequence[Entry | None]) -> Iterator[str]:
    """The tenants whose runs these entries record, and the fleet if they record its runs."""
    if any(entry is not None and entry.event == FLEET_STARTED for entry in entries):
        yield FLEET_CHAIN
    yield from sorted({endpoint.origin for endpoint in replay_all(entries)})


def _require_whole(lines: Sequence[bytes], *, name: str) -> None:
    fault = next(check_chain(lines), None)
    if fault is not None:
        raise LedgerError(
            f"{name} is damaged, so nothing is copied: line {fault.line} {fault.message}.",
            hint="`reconciler audit verify` shows all of it. Restore the ledger from a backup.",
        )
