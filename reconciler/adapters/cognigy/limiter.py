"""An exact rate limiter."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from reconciler.adapters.cognigy.window import Ticket, Window
from reconciler.model.event import RateLimited
from reconciler.ports import Clock, Observer

_SHORTEST_WAIT_SECONDS = 0.001
"""Rounding may leave a wait that is too short to advance the clock at all."""
_LOOK_AGAIN_SECONDS = 5.0
"""Another connection may give places back before they are expected to be free."""


class Limiter:
    """At most `limit` requests in any window of 60 s, however the tenant counts.

    A request holds a place from before it is sent until 60 s after its response arrived or it was
    given up: only then is it certain that the tenant no longer counts it. A token bucket with a
    burst cannot guarantee this.

    Each connection has one. Those with the same `window` share its places, also from several
    threads: together they send at most as many as the smallest of their limits allows, and a pause
    is a pause for all. Their clocks must agree on `monotonic`.
    """

    def __init__(
        self,
        *,
        limit: int,
        clock: Clock,
        observer: Observer,
        inherited: Iterable[float] = (),
        window: Window | None = None,
    ) -> None:
        """`inherited` says how many seconds ago requests ended that another process sent. Without a
        `window`, it has its own."""
        self._clock = clock
        self._observer = observer
        self._window = window or Window()
        now = clock.monotonic()
        moments = (now - age for age in inherited)
        self._share = self._window.join(limit=limit, inherited=moments, at=now)

    def leave(self) -> None:
        """Take part in the window no more: the limit of this connection is not that of the others
        any longer."""
        self._window.leave(self._share)

    @property
    def recent(self) -> Sequence[float]:
        """How many seconds ago each request ended that may still count, newest last."""
        now = self._clock.monotonic()
        return [now - ended for ended in self._window.recent(at=now)]

    def hand_over(self) -> Sequence[float]:
        """The same, for the next holder of the lease. If that is this process, they come back as
        inherited, and count once."""
        now = self._clock.monotonic()
        return [now - ended for ended in self._window.hand_over(at=now)]

    @property
    def paused_until(self) -> float:
        """When the last pause ends, or ended, in the time of Clock.monotonic."""
        return self._window.paused_until

    def pause(self, *, until: float) -> None:
        """Let no connection begin a request before this moment."""
        self._window.pause(until=until)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait for a place and hold it. Raises Interrupted while waiting, and PauseBegunError if
        there is a pause when the place is free."""
        self._await(1, self._begin)
        try:
            yield
        finally:
            self._window.end(at=self._clock.monotonic())

    def await_room(self, places: int) -> None:
        """Wait until this many places (at most all of them) are free at once, and keep them from
        other connections for a minute. Raises Interrupted while waiting."""
        self._await(places, self._reserve)

    def _begin(self, ticket: Ticket) -> float | None:
        return self._window.begin(ticket, at=self._clock.monotonic())

    def _reserve(self, ticket: Ticket) -> float | None:
        return self._window.reserve(ticket, at=self._clock.monotonic())

    def _await(self, places: int, ask: Callable[[Ticket], float | None]) -> None:
        ticket = self._window.queue(self._share, places)
        wait, announced = 0.0, -math.inf
        try:
            while True:
                # Even for zero seconds: a request is a point where an interrupt may be noticed.
                self._clock.sleep(wait)
                free_at = ask(ticket)
                if free_at is None:
                    return
                now = self._clock.monotonic()
                wait = max(_SHORTEST_WAIT_SECONDS, free_at - now)
                if free_at > announced and now >= announced:
                    announced = free_at
                    self._observer.notice(
                        RateLimited(limit=self._window.limit, seconds=wait, until=free_at)
                    )
                if self._window.is_shared:
                    wait = min(wait, _LOOK_AGAIN_SECONDS)
        finally:
            self._window.give_up(ticket)
