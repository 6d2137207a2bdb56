"""The history of an endpoint, from the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import LedgerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.ledger import Entry, History
from reconciler.model.listed import listed
from reconciler.operations.services import Services
from reconciler.planning.damage import unreadable_lines
from reconciler.planning.history import open_elsewhere, replay_all
from reconciler.ports import Observer


def require_nothing_lost(lines: Sequence[Entry | None], services: Services) -> None:
    """Raises LedgerError if the ledger lacks a line that it is known to have: what it would say
    about rejected content and open changes may be lost."""
    if _has_lost(lines, services):
        raise LedgerError(
            _lost(services),
            hint="Let COGNIGY_AUDIT_LOG name it, look at it with `reconciler audit verify`, and "
            "restore it. To go on without what it lost, look at the target, then add "
            "--accept-ledger-loss.",
        )


def warn_of_a_loss(lines: Sequence[Entry | None], services: Services) -> None:
    """The same, as a warning."""
    if _has_lost(lines, services):
        services.observer.notice(Warned(message=f"{_lost(services)} An apply is refused."))


def _has_lost(lines: Sequence[Entry | None], services: Services) -> bool:
    known = services.ledger_hash
    return known is not None and not any(line is not None and line.hash == known for line in lines)


def _lost(services: Services) -> str:
    return (
        f"The ledger {services.ledger.location} does not have the line with which it ended when "
        "the fleet last changed this target: lines were lost or edited, or it is another ledger."
    )


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
