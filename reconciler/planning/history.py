"""One fold over the ledger: events → History. Every question about the past is asked here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from reconciler.model.ledger import Event, History, Rejection, change_identity
from reconciler.model.plan import Plan

_CLOSING = frozenset({"gate_passed", "change_rolled_back", "rollback_failed", "change_failed"})


def replay(events: Iterable[Event]) -> History:
    """Fold the events, oldest first.

    A change is open from `change_started` until an event closes it. Its identity is rejected
    from a gate that failed until the same content passes one.
    """
    fold = _Fold()
    for event in events:
        fold.take(event)
    return History(
        rejected=fold.rejected,
        open_changes={slot_id: run_id for (run_id, slot_id) in fold.open},
        protected=frozenset(fold.protected),
    )


def standing_rejections(plan: Plan, history: History) -> dict[str, Rejection]:
    """The plan's changes that the gate has rejected before, by slot id."""
    found = {}
    for change in plan.changes:
        identity = change_identity(plan.target, slot_id=change.slot_id, after=change.after)
        if change.after is not None and identity in history.rejected:
            found[change.slot_id] = history.rejected[identity]
    return found


class _Fold:
    def __init__(self) -> None:
        self.rejected: dict[str, Rejection] = {}
        self.open: dict[tuple[str, str], str] = {}
        self.protected: set[str] = set()

    def take(self, event: Event) -> None:
        slot_id = event.data.get("slot_id")
        if not isinstance(slot_id, str):
            return
        key = (event.run_id, slot_id)
        if event.event == "change_started":
            self.open[key] = str(event.data.get("identity", ""))
            self._protection(slot_id, protect=event.data.get("protect") is True)
            return
        identity = self.open.get(key, "")
        if event.event == "gate_passed":
            self.rejected.pop(identity, None)
        elif event.event == "gate_failed" or (
            event.event == "gate_inconclusive" and event.data.get("stands") is False
        ):
            self.rejected[identity] = _rejection(event, slot_id=slot_id)
        if event.event in _CLOSING or (
            event.event == "gate_inconclusive" and event.data.get("stands") is True
        ):
            self.open.pop(key, None)

    def _protection(self, slot_id: str, *, protect: bool) -> None:
        if protect:
            self.protected.add(slot_id)
        else:
            self.protected.discard(slot_id)


def _rejection(event: Event, *, slot_id: str) -> Rejection:
    return Rejection(
        run_id=event.run_id,
        slot_id=slot_id,
        reason=str(event.data.get("reason", "")),
        success_rate=_fraction(event.data.get("success_rate")),
        baseline=_fraction(event.data.get("baseline")),
    )


def _fraction(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
