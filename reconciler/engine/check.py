"""What is live just before each write, compared with what the plan saw.

Where the tenant has ETags, each slot is read singly and its ETag guards the write. Without them
whatever is stored between the check and the write is overwritten: an instant where the slot was
read singly, at most 30 s where one listing was the check of many.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.errors import StalePlanError
from reconciler.model.change import Action, Change
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Clock, Ports, Sighting

MAX_AGE_SECONDS = 30.0
"""How old the sight of a live slot may be when the turn of its write comes."""
MOST_LOOKS = 5
"""With very few requests a minute, or a very slow tenant, even the last look may be older."""


def look_closely(slot_id: str, *, ports: Ports) -> LiveSlot | None:
    """The live slot, seen so lately that its write can follow at once. Raises TenantError."""
    for _ in range(MOST_LOOKS):
        sighting = ports.tenant.read_ahead([slot_id], expected_absent=())
        ports.tenant.await_turn()
        if not _is_too_old(sighting, clock=ports.clock):
            break
    return sighting.slots[slot_id]


def _is_too_old(sighting: Sighting, *, clock: Clock) -> bool:
    return clock.monotonic() - sighting.at > MAX_AGE_SECONDS


class Check:
    """The live slots of changes that are about to be made, one after the other."""

    def __init__(self, *, ports: Ports) -> None:
        self._tenant = ports.tenant
        self._clock = ports.clock
        self._sighting = Sighting(at=0.0, slots={})

    def live(self, changes: Sequence[Change]) -> LiveSlot | None:
        """The live slot of the first of these changes, whose write can follow at once.

        Raises StalePlanError where it, or another that was seen with it, is not as planned.
        """
        slot_id = changes[0].slot_id
        for _ in range(MOST_LOOKS):
            if slot_id not in self._sighting.slots or self._is_stale():
                self._look_at(changes)
            self._tenant.await_turn()
            if not self._is_stale():
                break
        return self._sighting.slots[slot_id]

    def _look_at(self, changes: Sequence[Change]) -> None:
        self._sighting = self._tenant.read_ahead(
            [change.slot_id for change in changes],
            expected_absent={c.slot_id for c in changes if c.action is Action.CREATE},
        )
        for change in changes:
            self._require_as_planned(change)

    def _is_stale(self) -> bool:
        return _is_too_old(self._sighting, clock=self._clock)

    def _require_as_planned(self, change: Change) -> None:
        if change.slot_id not in self._sighting.slots:
            return
        live = self._sighting.slots[change.slot_id]
        if canonical(live) == change.before:
            return
        if live is None:
            what = "is gone"
        elif change.action is Action.CREATE:
            what = "is there already"
        else:
            what = "is not as it was when planned"
        raise StalePlanError(
            f"The live slot {change.slot_id} {what}: somebody else changed it.",
            hint="Plan again, and review what changed.",
        )
