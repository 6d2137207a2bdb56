"""One fold over the ledger: entries → History, which answers every question about the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry, History, OpenChange
from reconciler.planning.fold import Fold


def replay_all(lines: Iterable[Entry | None]) -> dict[Endpoint, History]:
    """Fold the entries of each endpoint's runs in one pass, oldest first; None is a line that
    cannot be read.

    A change is open from `change_started` until an entry of this or a later run closes it, and
    again from when a later run finds a rejected change still live and judges it again. Its
    identity is rejected from a failed gate until the same content passes one. A slot is as its
    last change left it; while that change is open, it is either as before or as planned. Raises
    LedgerError for a change that cannot be understood.
    """
    folds: dict[Endpoint, Fold] = {}
    of_run: dict[str, Fold] = {}
    for line in lines:
        if line is None:
            continue
        endpoint = line.target if line.event == "run_started" else None
        if endpoint is not None and line.run_id not in of_run:
            of_run[line.run_id] = folds.setdefault(endpoint, Fold(endpoint))
            of_run[line.run_id].begin(line)
        elif line.run_id in of_run:
            of_run[line.run_id].take(line)
    return {endpoint: fold.history for endpoint, fold in folds.items()}


def replay(lines: Iterable[Entry | None], *, endpoint: Endpoint) -> History:
    """The history of one endpoint."""
    return replay_all(lines).get(endpoint, History())


def open_elsewhere(
    histories: Mapping[Endpoint, History], *, endpoint: Endpoint
) -> dict[Endpoint, tuple[OpenChange, ...]]:
    """The changes that runs against other endpoints left open; only an apply against those can
    recover them."""
    others = sorted(
        histories.keys() - {endpoint}, key=lambda each: (each.origin, each.bot_id or "")
    )
    return {
        other: tuple(histories[other].open_changes.values())
        for other in others
        if histories[other].open_changes
    }
