"""An exact rate limiter."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from reconciler.model.event import RateLimited
from reconciler.ports import Clock, Observer

WINDOW_SECONDS = 60.0
"""The vendor counts requests per minute."""
_MARGIN_SECONDS = 0.01
"""The tenant's window may include both of its ends, and its clock may differ from ours."""
_SHORTEST_WAIT_SECONDS = 0.001
"""Rounding may leave a wait that is too short to advance the clock at all."""


class Limiter:
    """At most `limit` requests in any window of 60 s, however the tenant counts.

    A request holds a place from before it is sent until 60 s after its response arrived or it was
    given up: only then is it certain that the tenant no longer counts it. A token bucket with a
    burst cannot guarantee this.
    """

    def __init__(
        self, *, limit: int, clock: Clock, observer: Observer, inherited: Iterable[float] = ()
    ) -> None:
        """`inherited` says how many seconds ago requests ended that another process sent."""
        self._limit = limit
        self._clock = clock
        self._observer = observer
        now = clock.monotonic()
        self._ended = deque(sorted(now - age for age in inherited))
        self._under_way = 0

    @property
    def recent(self) -> Sequence[float]:
        """How many seconds ago each request ended that may still count, newest last."""
        now = self._clock.monotonic()
        return [now - ended for ended in self._ended if now - ended < WINDOW_SECONDS]

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a place and hold it. Raises Interrupted while waiting."""
        self.await_room(1)
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._ended.append(self._clock.monotonic())

    def await_room(self, places: int) -> None:
        """Wait until this many places (at most all of them) are free at once. Raises Interrupted
        while waiting."""
        needed = min(places, self._limit)
        wait, announced = 0.0, -math.inf
        while True:
            # Even for zero seconds: a request is a point where an interrupt may be noticed.
            self._clock.sleep(wait)
            now = self._clock.monotonic()
            while self._ended and now - self._ended[0] >= WINDOW_SECONDS + _MARGIN_SECONDS:
                self._ended.popleft()
            lacking = len(self._ended) + self._under_way + needed - self._limit
            if lacking <= 0:
                return
            free_at = self._ended[lacking - 1] + WINDOW_SECONDS + _MARGIN_SECONDS
            wait = max(_SHORTEST_WAIT_SECONDS, free_at - now)
            if free_at > announced:
                announced = free_at
                self._observer.notice(RateLimited(limit=self._limit, seconds=wait, until=free_at))
