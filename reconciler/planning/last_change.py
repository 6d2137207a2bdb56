"""When an endpoint was last changed, as the ledger has it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Entry

_CHANGING = frozenset({"change_applied", "change_recovered", "change_rolled_back"})


def last_change(lines: Iterable[Entry | None], *, endpoint: Endpoint) -> datetime | None:
    """When a run last recorded a change of a slot there; None if none ever did."""
    runs: set[str] = set()
    last: Entry | None = None
    for entry in lines:
        if entry is None:
            continue
        if entry.event == "run_started" and entry.target == endpoint:
            runs.add(entry.run_id)
        elif entry.event in _CHANGING and entry.run_id in runs:
            last = entry
    return last.moment if last is not None else None
