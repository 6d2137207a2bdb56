"""Invariant 4: a foreign edit made after the plan is never overwritten, except in the window.

    plan ──── check ──────── PUT
       edit A        edit B

The check sees edit A, which must not be overwritten. Edit B comes too late for the check. If the
tenant has ETags and our process has seen one, an `If-Match` catches it, or for a creation an
`If-None-Match`. Without ETags nothing can: that is the window. A DELETE has no such condition.

The check is the last complete response that showed the slot. Since then, only the write itself,
token requests and other reads of the slot may have been sent; in a wave also other requests, for
MOST_SECONDS_IN_A_WAVE.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import httpx

from tests.simulation.ledger_view import Intention
from tests.simulation.tenant import OTHERS, Content, Reply, Version, canonical
from tests.simulation.trace import Trace, Violation
from tests.support.clock import VirtualClock

MOST_SECONDS_IN_A_WAVE = 30.0


@dataclass(frozen=True)
class _Check:
    """A slot as we read it: in its state at `moment`, before the request with this number."""

    moment: int
    number: int
    at: float


class Hands:
    """Who wrote what, and what our side could know of it."""

    def __init__(self, *, batch: str, clock: VirtualClock, trace: Trace) -> None:
        self._shown_etags = False
        self._batch = batch
        self._clock = clock
        self._trace = trace
        self._checks: dict[str, _Check] = {}
        self._all: _Check | None = None
        self._sent: list[tuple[str, str, float]] = []
        self.planned: dict[str, Content] = {}

    def begin(self) -> None:
        """A new process, which knows nothing yet."""
        self._checks.clear()
        self._all = None
        self._shown_etags = False
        self._sent.clear()
        self.planned = {}

    def sending(self, request: httpx.Request) -> None:
        """Note a request."""
        last = request.url.path.rsplit("/", 1)[1]
        self._sent.append((request.method, last, self._clock.monotonic()))

    def received(self, reply: Reply) -> None:
        """Note the slots that our side has read."""
        self._shown_etags = self._shown_etags or "ETag" in reply.headers
        check = _Check(reply.moment, len(self._sent), self._clock.monotonic())
        if reply.lists_all:
            self._checks.clear()
            self._all = check
        for slot_id in () if reply.lists_all else reply.shows:
            self._checks[slot_id] = check

    def check(self, change: Intention, *, replaced: Version | None, stored: Content) -> None:
        """Check our write, which has replaced `replaced`. Raises Violation."""
        if replaced is None or replaced.author != OTHERS:
            return
        if replaced.content in self._expected(change, stored):
            return
        what = f"{change.slot_id}, as someone else had left it, was overwritten"
        check = self._checks.get(change.slot_id, self._all)
        if check is None or not self._is_fresh(check, change.slot_id):
            raise Violation(4, f"{what} without a read just before")
        if replaced.moment <= check.moment:
            raise Violation(4, f"{what}, although our side had read it")
        if stored is not None and self._shown_etags:
            raise Violation(4, f"{what}, although the tenant has ETags")
        self._trace.count("others: overwritten in the window")
        self._trace.say("window", what)

    def _expected(self, change: Intention, stored: Content) -> Collection[Content]:
        """What this write may replace."""
        before = canonical(change.before) if change.before is not None else None
        if change.rolling_back:
            return (change.after, change.live, before, stored)
        if change.slot_id in self.planned:
            return (self.planned[change.slot_id], stored)
        return (before, stored)

    def _is_fresh(self, check: _Check, slot_id: str) -> bool:
        since = self._sent[check.number :]
        if self._batch == "wave":
            first = next(at for method, last, at in since if _is_write(method, last, slot_id))
            if first - check.at <= MOST_SECONDS_IN_A_WAVE:
                return True
        return all(
            method == "POST" or last == slot_id or (method, last) == ("GET", "slots")
            for method, last, _ in since
        )


def _is_write(method: str, last: str, slot_id: str) -> bool:
    return method in ("PUT", "DELETE") and last == slot_id
