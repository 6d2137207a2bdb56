"""Invariant 4: a foreign edit made after the plan is never overwritten, except in the window.

    plan ──── check ──────── write
       edit A        edit B

The check sees edit A, which must not be overwritten. Edit B comes too late for the check. If the
tenant has ETags and our process has seen one, an `If-Match` catches it, or for a creation an
`If-None-Match`. Without ETags nothing can: that is the window. A DELETE has no such condition.

The check is the last complete response that showed the slot. Since then, only the write itself,
token requests and other reads of the slot may have been sent; in a wave, and where a write begins
with other reads, also other requests, for MOST_SECONDS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.simulation.calls import Call, Kind
from tests.simulation.ledger_view import Intention
from tests.simulation.scenario import Content
from tests.simulation.tenant import OTHERS, ModelTenant, Reply
from tests.simulation.trace import Trace, Violation
from tests.support.clock import VirtualClock

MOST_SECONDS = 30.0


@dataclass(frozen=True)
class _Check:
    """A slot as we read it: in its state at `moment`, before the request with this number."""

    moment: int
    number: int
    at: float


class Hands:
    """Who wrote what, and what our side could know of it."""

    def __init__(
        self, *, tenant: ModelTenant, batch: str, clock: VirtualClock, trace: Trace
    ) -> None:
        self._tenant = tenant
        self._shown_etags = False
        self._may_read_others = batch == "wave" or tenant.trains_apart
        self._clock = clock
        self._trace = trace
        self._checks: dict[str, _Check] = {}
        self._all: _Check | None = None
        self._sent: list[tuple[Call, float]] = []
        self.planned: dict[str, Content] = {}

    def begin(self) -> None:
        """A new process, which knows nothing yet."""
        self._checks.clear()
        self._all = None
        self._shown_etags = False
        self._sent.clear()
        self.planned = {}

    def sending(self, call: Call) -> None:
        """Note a request."""
        self._sent.append((call, self._clock.monotonic()))

    def received(self, reply: Reply) -> None:
        """Note the slots that our side has read."""
        self._shown_etags = self._shown_etags or "ETag" in reply.headers
        if reply.moment is None:
            return
        check = _Check(reply.moment, len(self._sent), self._clock.monotonic())
        if reply.lists_all:
            self._checks.clear()
            self._all = check
        for slot_id in () if reply.lists_all else reply.shows:
            self._checks[slot_id] = check

    def check(self, call: Call, change: Intention) -> None:
        """Check our write, which has just been carried out. Raises Violation."""
        replaced = self._tenant.replaced
        if replaced is None or replaced.author != OTHERS:
            return
        if replaced.content in self._expected(change, now=replaced.content):
            return
        what = f"{change.slot_id}, as someone else had left it, was overwritten"
        check = self._checks.get(change.slot_id, self._all)
        if check is None or not self._is_fresh(check, change.slot_id):
            raise Violation(4, f"{what} without a read just before")
        if replaced.moment <= check.moment:
            raise Violation(4, f"{what}, although our side had read it")
        if self._shown_etags and call.kind is Kind.STORE:
            raise Violation(4, f"{what}, although the tenant has ETags")
        self._trace.count("others: overwritten in the window")
        self._trace.say("window", what)

    def _expected(self, change: Intention, *, now: Content) -> Iterator[Content]:
        """What this write may replace."""
        before = self.planned.get(change.slot_id, change.before)
        expected = [before, change.after, change.live]
        if change.rolling_back:
            expected.append(change.before)
        for each in expected:
            yield each
            yield self._tenant.beside(each, change, now=now)

    def _is_fresh(self, check: _Check, slot_id: str) -> bool:
        since = self._sent[check.number :]
        if self._may_read_others:
            first = next(at for call, at in since if call.writes and call.slot_id == slot_id)
            if first - check.at <= MOST_SECONDS:
                return True
        return all(
            call.kind is Kind.TOKEN
            or (call.kind is Kind.READ and not call.slot_id)
            or (call.kind is not Kind.MEASURE and call.slot_id == slot_id)
            for call, _ in since
        )
