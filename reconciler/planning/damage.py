"""Unreadable lines of the ledger: where they are, and whether a run may continue despite them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.errors import LedgerError
from reconciler.model.commands import Commands
from reconciler.model.ledger import Entry
from reconciler.model.listed import listed

_ENDINGS = frozenset({"run_finished", "fleet_finished"})


def unreadable_lines(lines: Sequence[Entry | None]) -> str | None:
    """A warning that names the unreadable lines; None if there are none."""
    damaged = [str(number) for number, line in enumerate(lines, start=1) if line is None]
    if not damaged:
        return None
    return (
        f"Line{'s' if len(damaged) > 1 else ''} {listed(damaged)} of the ledger cannot be read; "
        "what was written there is ignored."
    )


def require_whole_runs(lines: Sequence[Entry | None], *, commands: Commands) -> None:
    """Raises LedgerError if a lost line may contain the outcome of an unfinished change."""
    damaged = damage_in_unfinished_runs(lines)
    if damaged:
        raise LedgerError(
            f"Line {damaged[0]} of the ledger cannot be read. It belongs to a run that never "
            "ended.",
            hint="Restore the ledger from a backup. To continue without its history, move it away "
            f"and check what is live with `{commands.drift()}`.",
        )


def damage_in_unfinished_runs(lines: Sequence[Entry | None]) -> tuple[int, ...]:
    """The numbers, from 1, of unreadable lines that may belong to a run that never ended.

    Elsewhere a lost line only loses history. There it may be the only record of an unfinished
    change, or the start of the run, which says to which endpoint all of it belongs. In the chain of
    a fleet, it may be what halted the run.
    """
    ended = {line.run_id for line in lines if line is not None and line.event in _ENDINGS}
    before = _nearest_run_ids(lines)
    after = reversed(_nearest_run_ids(lines[::-1]))
    return tuple(
        number
        for number, (line, *neighbours) in enumerate(zip(lines, before, after, strict=True), 1)
        if line is None and not ended.issuperset(each for each in neighbours if each is not None)
    )


def _nearest_run_ids(lines: Iterable[Entry | None]) -> list[str | None]:
    """For each line, the run of that line or, if it is unreadable, of the last readable one."""
    found: list[str | None] = []
    run_id = None
    for line in lines:
        run_id = line.run_id if line is not None else run_id
        found.append(run_id)
    return found
