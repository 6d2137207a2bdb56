"""Reading the slots that a run writes: just before the write, and after it.

Before: each slot is compared with what the plan saw. If the tenant has revisions, each slot is
read on its own, and its revision guards the write. Otherwise whatever is stored between the check
and the write is overwritten: that gap is an instant after a single read, and at most 30 s after a
listing that checks many slots.

After: an acknowledged write has happened. A read that contradicts it may come from a replica that
has not caught up, so the slot is read again for a while before the contradiction counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reconciler.errors import InconsistentReadError, StalePlanError
from reconciler.model.change import Action, Change
from reconciler.model.event import ReadBackDue
from reconciler.model.slot import LiveSlot, canonical
from reconciler.ports import Clock, Observer, Ports, Sighting

MAX_AGE_SECONDS = 30.0
"""How old a read of a live slot may be when its write is sent."""
MOST_LOOKS = 5
"""If the rate limit is very low, or the tenant very slow, even the last read may be older."""
LAG_SECONDS = 30.0
"""How far reads may lag behind writes. Longer than replicas usually need, and the
greatest age of a look at a slot when its write follows."""
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 8.0

Look = Callable[[], LiveSlot | None]


def look_closely(slot_id: str, *, ports: Ports) -> LiveSlot | None:
    """The live slot, read so recently that its write can follow at once. Raises TenantError."""
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

        Raises StalePlanError if it, or another slot in the same read, is not as planned.
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
            f"The live slot {change.slot_id} {what}: someone else changed it.",
            hint="Plan again, and review the difference.",
        )


def read_until(
    is_expected: Callable[[LiveSlot | None], bool],
    *,
    slot_id: str,
    look: Look,
    clock: Clock,
    observer: Observer,
    deadline: float | None = None,
) -> LiveSlot | None:
    """The slot as soon as it reads as expected, or as it reads at the deadline.

    `deadline` is a time of Clock.monotonic, by default LAG_SECONDS from now. The last look begins
    then or later, because a slow answer may be an old one. Costs one look where the first is as
    expected. Raises what `look` raises, an InconsistentReadError only at the deadline.
    """
    if deadline is None:
        deadline = clock.monotonic() + LAG_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        begun = clock.monotonic()
        try:
            live = look()
        except InconsistentReadError:
            if begun >= deadline:
                raise
        else:
            if is_expected(live) or begun >= deadline:
                return live
        now = clock.monotonic()
        seconds = max(0.0, min(pause, deadline - now))
        observer.notice(
            ReadBackDue(slot_id=slot_id, seconds=seconds, until=now + seconds, deadline=deadline)
        )
        clock.sleep(seconds)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)


def read_slot_until(
    is_expected: Callable[[LiveSlot | None], bool],
    slot_id: str,
    *,
    ports: Ports,
    deadline: float | None = None,
) -> LiveSlot | None:
    """`read_until` with reads that no write follows."""
    return read_until(
        is_expected,
        slot_id=slot_id,
        look=lambda: ports.tenant.read_slot(slot_id),
        clock=ports.clock,
        observer=ports.observer,
        deadline=deadline,
    )


def look_closely_until(
    is_expected: Callable[[LiveSlot | None], bool], slot_id: str, *, ports: Ports
) -> LiveSlot | None:
    """`read_until` with reads after which a write can follow at once."""
    return read_until(
        is_expected,
        slot_id=slot_id,
        look=lambda: look_closely(slot_id, ports=ports),
        clock=ports.clock,
        observer=ports.observer,
    )


def await_lag(slot_id: str, *, clock: Clock, observer: Observer) -> None:
    """Wait until no read of this slot can lag behind any longer."""
    until = clock.monotonic() + LAG_SECONDS
    observer.notice(ReadBackDue(slot_id=slot_id, seconds=LAG_SECONDS, until=until, deadline=until))
    clock.sleep(LAG_SECONDS)
