"""One fold over the ledger: events → History. Every question about the past is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from reconciler.model.ledger import Event, History, OpenChange
from reconciler.model.plan import Target
from reconciler.planning.fold import Fold


def replay_all(lines: Iterable[Event | None]) -> dict[Target, History]:
    """Fold the events of each target's runs in one pass, oldest first; None is a line that cannot
    be read.

    A change is open from `change_started` until an event of this or a later run closes it, and
    again from where a later run finds a rejected one live, and judges it once more. Its
    identity is rejected from a gate that failed until the same content passes one. A slot is as
    its last change left it, and while that is open, as it was or as it was to be. Raises
    LedgerError for a change that cannot be understood.
    """
    folds: dict[Target, Fold] = {}
    of_run: dict[str, Fold] = {}
    for line in lines:
        if line is None:
            continue
        target = _target(line.data.get("target")) if line.event == "run_started" else None
        if target is not None and line.run_id not in of_run:
            of_run[line.run_id] = folds.setdefault(target, Fold(target))
            of_run[line.run_id].begin(line)
        elif line.run_id in of_run:
            of_run[line.run_id].take(line)
    return {target: fold.history for target, fold in folds.items()}


def replay(lines: Iterable[Event | None], *, target: Target) -> History:
    """The past of one target."""
    return replay_all(lines).get(target, History())


def open_elsewhere(
    histories: Mapping[Target, History], *, target: Target
) -> dict[Target, tuple[OpenChange, ...]]:
    """What runs against other targets left open, which only an apply against those can settle."""
    others = sorted(histories.keys() - {target}, key=lambda each: (each.origin, each.bot_id or ""))
    return {
        other: tuple(histories[other].open_changes.values())
        for other in others
        if histories[other].open_changes
    }


def _target(value: Any) -> Target | None:
    try:
        return Target.model_validate(value)
    except ValidationError:
        return None
