"""Reading a slot that has just been written: on a tenant whose reads lag, one read proves nothing.

An acknowledged write has happened. A read that contradicts it may come from a replica that has
not caught up, so the slot is read again for a while before the contradiction counts.
"""

from __future__ import annotations

from collections.abc import Callable

from reconciler.errors import UnsettledReadError
from reconciler.model.slot import LiveSlot
from reconciler.ports import Clock

LAG_SECONDS = 30.0
"""How far reads may lag behind writes. Longer than replicas usually need, and the
greatest age of a look at a slot when its write follows."""
_FIRST_PAUSE_SECONDS = 1.0
_LONGEST_PAUSE_SECONDS = 8.0

Look = Callable[[], LiveSlot | None]


def read_until(
    is_expected: Callable[[LiveSlot | None], bool],
    *,
    look: Look,
    clock: Clock,
    deadline: float | None = None,
) -> LiveSlot | None:
    """The slot as soon as it reads as expected, or as it reads at the deadline.

    `deadline` is a time of Clock.monotonic, by default LAG_SECONDS from now. The last look begins
    then or later, for a slow answer may be an old one. Costs one look where the first is as
    expected. Raises what `look` raises, an UnsettledReadError only at the deadline.
    """
    if deadline is None:
        deadline = clock.monotonic() + LAG_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        begun = clock.monotonic()
        try:
            live = look()
        except UnsettledReadError:
            if begun >= deadline:
                raise
        else:
            if is_expected(live) or begun >= deadline:
                return live
        clock.sleep(max(0.0, min(pause, deadline - clock.monotonic())))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
