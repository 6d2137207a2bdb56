"""The ledger that the environment names, and what it says of an endpoint."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.adapters.ledger import read_lines, require_usable
from reconciler.environment.variables import Environment
from reconciler.model.endpoint import Endpoint
from reconciler.model.ledger import Event, History
from reconciler.model.listed import listed
from reconciler.planning.damage import unreadable_lines
from reconciler.planning.history import open_elsewhere, replay_all
from reconciler.ports import Observer


def require_usable_ledger(environment: Environment) -> None:
    """Raises LedgerError, before anything else is looked at."""
    require_usable(environment.ledger)


def read_history(environment: Environment, *, endpoint: Endpoint, observer: Observer) -> History:
    """What the ledger knows of this endpoint. Raises LedgerError where it cannot be opened."""
    lines = read_lines(environment.ledger)
    return history_of(lines, endpoint=endpoint, observer=observer)


def history_of(lines: Sequence[Event | None], *, endpoint: Endpoint, observer: Observer) -> History:
    """What the lines say of this endpoint, with a warning about what cannot be read, and about what
    was left open elsewhere."""
    damage = unreadable_lines(lines)
    if damage is not None:
        observer.warned(damage)
    histories = replay_all(lines)
    for other, changes in open_elsewhere(histories, endpoint=endpoint).items():
        observer.warned(
            f"A run against {other.origin}, bot {other.bot_id or '(none)'} left open its change of "
            f"{listed(each.slot_id for each in changes)}; an apply against that settles it."
        )
    return histories.get(endpoint, History())
