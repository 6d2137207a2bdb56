"""What the tenant's reads return: the slots of a while ago if its reads lag."""

from __future__ import annotations

import math
from collections import deque

from reconciler.ports import Clock
from reconciler.sandbox.v1.store import Store, StoredSlot


class Replica:
    """Follows a store with a delay of `lag_seconds`. Not thread-safe by itself."""

    def __init__(self, store: Store, *, clock: Clock, lag_seconds: float) -> None:
        self._store = store
        self._clock = clock
        self._lag = lag_seconds
        self._states: deque[tuple[float, list[StoredSlot]]] = deque([(-math.inf, store.slots())])

    def record(self) -> None:
        """Note that the store has just changed."""
        if self._lag:
            self._states.append((self._clock.monotonic(), self._store.slots()))

    def slots(self) -> list[StoredSlot]:
        """The slots that a read returns now."""
        if not self._lag:
            return self._store.slots()
        shown = self._clock.monotonic() - self._lag
        while len(self._states) > 1 and self._states[1][0] <= shown:
            self._states.popleft()
        return self._states[0][1]
