"""The places of one origin in any window of a minute, shared by all connections to it.

                    ask, once there is room       begin            end            after a minute
    free ──────────────────────────────> reserved ─────> under way ───> ended ───────────────> free
     ^                                      │
     └──── not begun within a minute ───────┘

Places are given in the order in which they are asked for, so a connection that asks for several at
once does not wait for ever. Nothing here waits: a moment is a time of Clock.monotonic, which all
threads of a process share.
"""

from __future__ import annotations

import math
import threading
from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WINDOW_SECONDS = 60.0
"""The vendor counts requests per minute."""
_MARGIN_SECONDS = 0.01
"""The tenant's window may include both of its ends, and its clock may differ from ours."""
_OVER_SECONDS = 0.001
"""A pause that is shorter than this is over: rounding may leave such a rest."""


class PauseBegunError(Exception):
    """The tenant asked for a pause, and nothing was begun."""


@dataclass(eq=False)
class Share:
    """One connection's part in a window: its own limit, and the places that are kept for it until a
    moment."""

    limit: int
    reserved: int = 0
    until: float = 0.0


@dataclass(frozen=True, eq=False)
class Ticket:
    """A connection that waits for this many places."""

    share: Share
    places: int


class Window:
    """The places of one origin. Any thread may call it.

    There are as many as the smallest limit of the connections that take part.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended: list[float] = []
        self._under_way = 0
        self._shares: list[Share] = []
        self._waiting: list[Ticket] = []
        self._handed_over = -math.inf
        self._paused_until = 0.0

    def join(self, *, limit: int, inherited: Iterable[float], at: float) -> Share:
        """Take part. `inherited` are the moments when requests of another process ended.

        Those that this process has handed over come back with them, and count once.
        """
        arrived, share = list(inherited), Share(limit)
        with self._lock:
            self._forget(at)
            known = bisect_right(self._ended, self._handed_over)
            if len(arrived) >= known:
                del self._ended[:known]
                self._handed_over = -math.inf
            for each in arrived:
                insort(self._ended, each)
            self._shares.append(share)
        return share

    def leave(self, share: Share) -> None:
        """Take part no more; its requests count on."""
        with self._lock:
            self._shares.remove(share)

    def queue(self, share: Share, places: int) -> Ticket:
        """Begin to wait."""
        ticket = Ticket(share, places)
        with self._lock:
            self._waiting.append(ticket)
        return ticket

    def give_up(self, ticket: Ticket) -> None:
        """Wait no more, if it still does."""
        with self._lock:
            if ticket in self._waiting:
                self._waiting.remove(ticket)

    def reserve(self, ticket: Ticket, *, at: float) -> float | None:
        """Keep the places for the connection; returns when to ask again if there is no room."""
        with self._lock:
            free_at = self._ask(ticket, at)
            if free_at is None:
                ticket.share.until = at + WINDOW_SECONDS
            return free_at

    def begin(self, ticket: Ticket, *, at: float) -> float | None:
        """Begin a request; returns when to ask again if there is no room. Raises PauseBegunError
        during a pause."""
        with self._lock:
            if self._paused_until - at > _OVER_SECONDS:
                raise PauseBegunError
            free_at = self._ask(ticket, at)
            if free_at is None:
                ticket.share.reserved -= 1
                self._under_way += 1
            return free_at

    def end(self, *, at: float) -> None:
        """A request was answered or given up."""
        with self._lock:
            self._under_way -= 1
            # Until now it was not handed over, whenever the caller looked at its clock.
            insort(self._ended, max(at, math.nextafter(self._handed_over, math.inf)))

    def pause(self, *, until: float) -> None:
        """Let nobody begin a request before this moment."""
        with self._lock:
            self._paused_until = max(self._paused_until, until)

    @property
    def paused_until(self) -> float:
        """When the last pause ends, or ended."""
        return self._paused_until

    @property
    def limit(self) -> int:
        """How many places there are."""
        with self._lock:
            return self._limit

    @property
    def is_shared(self) -> bool:
        """Whether several connections take part."""
        return len(self._shares) > 1

    def recent(self, *, at: float) -> Sequence[float]:
        """The moments when the requests ended that may still count, newest last."""
        with self._lock:
            return self._recent(at)

    def hand_over(self, *, at: float) -> Sequence[float]:
        """The same, which are now left to the next process, or to this one."""
        with self._lock:
            self._handed_over = at
            return self._recent(at)

    def is_forgettable(self, *, at: float) -> bool:
        """Whether nothing is lost if the next connection begins with another window."""
        with self._lock:
            self._forget(at)
            return not (self._shares or self._ended or self._under_way or self._paused_until > at)

    def _recent(self, at: float) -> Sequence[float]:
        return [each for each in self._ended if at - each < WINDOW_SECONDS]

    @property
    def _limit(self) -> int:
        return min(each.limit for each in self._shares)

    def _forget(self, at: float) -> None:
        passed = (n for n, each in enumerate(self._ended) if at < each + _span())
        del self._ended[: next(passed, len(self._ended))]

    def _ask(self, ticket: Ticket, at: float) -> float | None:
        """Reserve the places, or say when to ask again: no later than they can be free."""
        self._forget(at)
        for each in self._shares:
            if each.until <= at:
                each.reserved = 0
        share, limit = ticket.share, self._limit
        needed = min(ticket.places, limit)
        others = [each for each in self._shares if each is not share]
        taken = len(self._ended) + self._under_way + sum(each.reserved for each in others)
        if share.reserved < needed:
            taken += self._asked_for_before(ticket, limit)
        lacking = taken + needed - limit
        if lacking > 0:
            return self._free_at(lacking, others, at)
        share.reserved = max(share.reserved, needed)
        self._waiting.remove(ticket)
        return None

    def _asked_for_before(self, ticket: Ticket, limit: int) -> int:
        before = self._waiting[: self._waiting.index(ticket)]
        return sum(min(each.places, limit) for each in before)

    def _free_at(self, lacking: int, others: Sequence[Share], at: float) -> float:
        """When so many more places can be free: those under way, a minute from now at best."""
        free = [each + _span() for each in self._ended]
        free += [each.until for each in others for _ in range(each.reserved)]
        return sorted(free)[lacking - 1] if lacking <= len(free) else at + _span()


def _span() -> float:
    return WINDOW_SECONDS + _MARGIN_SECONDS
