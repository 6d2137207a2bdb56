"""The history of an endpoint, from the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.ledger import Entry, History
from reconciler.model.listed import listed
from reconciler.planning.damage import unreadable_lines
from reconciler.planning.history import open_elsewhere, replay_all
from reconciler.ports import Observer


def history_of(lines: Sequence[Entry | None], *, endpoint: Endpoint, observer: Observer) -> History:
    """The history of this endpoint, with warnings about lines that cannot be read and about changes
    that were left open elsewhere."""
    damage = unreadable_lines(lines)
    if damage is not None:
        observer.notice(Warned(message=damage))
    histories = replay_all(lines)
    for other, changes in open_elsewhere(histories, endpoint=endpoint).items():
        held_by = f"{other.kind} {other.bot_id or '(none)'}"
        slots = listed(each.slot_id for each in changes)
        message = (
            f"A run against {other.origin}, {held_by} left open its change of {slots}; an "
            "apply against that recovers it."
        )
        observer.notice(Warned(message=message))
    return histories.get(endpoint, History())
