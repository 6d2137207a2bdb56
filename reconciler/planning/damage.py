"""Lines of the ledger that cannot be read: where they are, and whether a run may go on in spite of
them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.errors import LedgerError
from reconciler.model.ledger import Entry
from reconciler.model.listed import listed


def unreadable_lines(lines: Sequence[Entry | None]) -> str | None:
    """A warning that names the lines that cannot be read; None where all can."""
    damaged = [str(number) for number, line in enumerate(lines, start=1) if line is None]
    if not damaged:
        return None
    return (
        f"The ledger's line{'s' if len(damaged) > 1 else ''} {listed(damaged)} cannot be "
        "read; what stood there is not taken into account."
    )


def require_whole_runs(lines: Sequence[Entry | None]) -> None:
    """Raises LedgerError where a line is lost that may say what became of a change in hand."""
    damaged = damage_in_unfinished_runs(lines)
    if damaged:
        raise LedgerError(
            f"The ledger's line {damaged[0]} cannot be read. It belongs to a run that never ended.",
            hint="Restore the ledger from a copy. To go on without its history, move it away and "
            "check the bot by `reconciler drift --metrics`.",
        )


def damage_in_unfinished_runs(lines: Sequence[Entry | None]) -> tuple[int, ...]:
    """The numbers, from 1, of unreadable lines that may stand in a run that never ended.

    Elsewhere a lost line is history; there it may be what a change in hand was to become, or the
    run's own beginning, without which nothing of it is known to be this endpoint's.
    """
    ended = {line.run_id for line in lines if line is not None and line.event == "run_finished"}
    before = _nearest_run_ids(lines)
    after = reversed(_nearest_run_ids(lines[::-1]))
    return tuple(
        number
        for number, (line, *neighbours) in enumerate(zip(lines, before, after, strict=True), 1)
        if line is None and not ended.issuperset(each for each in neighbours if each is not None)
    )


def _nearest_run_ids(lines: Iterable[Entry | None]) -> list[str | None]:
    """Of each line its own run, or that of the last one before it that can be read."""
    found: list[str | None] = []
    run_id = None
    for line in lines:
        run_id = line.run_id if line is not None else run_id
        found.append(run_id)
    return found
