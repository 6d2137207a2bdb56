"""What will happen without another request: a task begins or ends, its result appears."""

from __future__ import annotations

import heapq
from collections.abc import Callable

Action = Callable[[float], None]
"""Gets the moment at which it happens, in seconds of the monotonic clock."""


class Agenda:
    """Actions in the order of their moments, carried out when someone looks.

    While an action is carried out, `moment` is the moment at which it happens.
    """

    def __init__(self) -> None:
        self.moment = 0.0
        self._entries: list[tuple[float, int, Action]] = []
        self._added = 0

    def add(self, moment: float, action: Action) -> None:
        """Let the action happen at that moment."""
        self._added += 1
        heapq.heappush(self._entries, (moment, self._added, action))

    def settle(self, now: float) -> bool:
        """Carry out all that has become due, and all that this makes due; returns whether there
        was anything."""
        is_due = bool(self._entries) and self._entries[0][0] <= now
        while self._entries and self._entries[0][0] <= now:
            self.moment, _, action = heapq.heappop(self._entries)
            action(self.moment)
        return is_due
