"""From our client to the tenant: an httpx transport on which anything can go wrong."""

from __future__ import annotations

import email.utils
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Protocol

import httpx

from tests.simulation.calls import Call, Kind
from tests.simulation.faults import GARBAGE, RATES_OF_GARBAGE, Fault, Faults
from tests.simulation.fuse import Fuse
from tests.simulation.others import Others
from tests.simulation.tenant import ModelTenant, Reply
from tests.simulation.trace import Trace
from tests.support.clock import VirtualClock

CLIENT_TIMEOUT_SECONDS = 30.0
LOST_BEFORE = (httpx.ConnectTimeout, httpx.WriteTimeout, httpx.PoolTimeout)
DROPPED = (httpx.ReadError, httpx.RemoteProtocolError)


class Witness(Protocol):
    """Checks what goes over the wire."""

    def sending(self, call: Call, request: httpx.Request) -> None:
        """Our side is sending this."""

    def arrived(self) -> None:
        """A request has reached the tenant."""

    def carried_out(self, call: Call) -> None:
        """The tenant has stored or deleted a slot."""

    def received(self, reply: Reply) -> None:
        """Our side has received this response completely."""


class _BrokenStream(httpx.SyncByteStream):
    """A body that breaks off in the middle."""

    def __init__(self, content: bytes, error: httpx.TransportError) -> None:
        self._content = content
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        yield self._content[: len(self._content) // 2]
        raise self._error


class Network(httpx.BaseTransport):
    """Puts latency, other people, faults and power cuts around each request."""

    def __init__(
        self,
        dice: random.Random,
        *,
        tenant: ModelTenant,
        faults: Faults,
        others: Others,
        fuse: Fuse,
        witness: Witness,
        clock: VirtualClock,
        trace: Trace,
        slow_odds: float,
    ) -> None:
        self._dice = dice
        self._tenant = tenant
        self._faults = faults
        self._others = others
        self._fuse = fuse
        self._witness = witness
        self._clock = clock
        self._trace = trace
        self.slow_odds = slow_odds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        call = self._tenant.call(request)
        what = f"{request.method} {request.url.path.removeprefix(self._tenant.prefix)}"
        self._fuse.step("before a request", what)
        self._witness.sending(call, request)
        self._pass()
        self._others.act_before(call)
        fault = self._faults.draw(call)
        if fault is not None:
            self._trace.count(f"fault: {fault.value}")
        shown = "" if call.kind is Kind.TOKEN else _shown(request)
        self._trace.say("request", f"{what} {shown}{f'  ** {fault.value}' if fault else ''}")
        response = self._answer(request, call, fault)
        self._fuse.step("after a request", what)
        return response

    def _answer(self, request: httpx.Request, call: Call, fault: Fault | None) -> httpx.Response:
        if fault is Fault.TIMEOUT_BEFORE:
            self._clock.advance(CLIENT_TIMEOUT_SECONDS)
            raise self._dice.choice(LOST_BEFORE)("no answer in time", request=request)
        if fault is Fault.DROPPED_BEFORE:
            raise httpx.ConnectError("connection refused", request=request)
        self._witness.arrived()
        refusal = self._refusal(fault)
        if refusal is not None:
            self._pass()
            self._trace.say("answer", str(refusal.status_code))
            return refusal
        before = self._tenant.moment
        reply = self._tenant.handle(request, fault=fault)
        if reply.status == httpx.codes.PRECONDITION_FAILED:
            self._trace.count("refused by ETag")
        if self._tenant.moment != before:
            self._witness.carried_out(call)
        self._pass()
        return self._deliver(request, reply, fault)

    def _refusal(self, fault: Fault | None) -> httpx.Response | None:
        """The response of a tenant, or of a proxy in front of it, that does nothing; None if the
        tenant is to carry out the request."""
        answers: dict[Fault, Callable[[], httpx.Response]] = {
            Fault.RATE_LIMIT: lambda: _error(429),
            Fault.RATE_LIMIT_WITH_PAUSE: lambda: _error(429, pause=self._pause()),
            Fault.BUSY: self._busy,
            Fault.ERROR_BEFORE: self._trouble,
            Fault.GARBAGE_BEFORE: lambda: httpx.Response(200, text=self._dice.choice(GARBAGE)),
            Fault.METRICS_MISSING: lambda: _error(404),
            Fault.METRICS_GARBAGE: lambda: httpx.Response(
                200, text=f'{{"successRate": {self._dice.choice(RATES_OF_GARBAGE)}}}'
            ),
            Fault.CLIENT_REFUSED: lambda: _error(401),
        }
        answer = answers.get(fault) if fault is not None else None
        return answer() if answer is not None else None

    def _busy(self) -> httpx.Response:
        pause = self._pause() if self._dice.random() < 0.5 else None
        return _error(self._dice.choice((409, 421, 423, 425)), pause=pause)

    def _trouble(self) -> httpx.Response:
        status = self._dice.choice((408, 500, 502, 503, 504))
        asks = status == httpx.codes.SERVICE_UNAVAILABLE and self._dice.random() < 0.5
        return _error(status, pause=self._pause() if asks else None)

    def _deliver(self, request: httpx.Request, reply: Reply, fault: Fault | None) -> httpx.Response:
        """The response, as it reaches our side."""
        if fault is Fault.TIMEOUT_AFTER:
            self._clock.advance(CLIENT_TIMEOUT_SECONDS)
            raise httpx.ReadTimeout("no answer in time", request=request)
        if fault in (Fault.DROPPED_AFTER, Fault.ANSWER_LOST):
            raise self._dice.choice(DROPPED)("connection reset", request=request)
        if fault is Fault.ERROR_AFTER:
            return httpx.Response(self._dice.choice((408, 502, 503, 504)))
        if fault is Fault.GARBAGE_AFTER:
            return httpx.Response(200, text=self._dice.choice(GARBAGE))
        response = reply.response()
        if fault is Fault.HALF_SENT:
            broken = _BrokenStream(response.content, self._dice.choice(DROPPED)("broke off"))
            return httpx.Response(
                response.status_code, headers={"Content-Length": "4096"}, stream=broken
            )
        self._trace.say("answer", f"{response.status_code} {response.text[:300]}")
        self._witness.received(reply)
        return response

    def _pass(self) -> None:
        slow = self._dice.random() < self.slow_odds
        self._clock.advance(self._dice.uniform(3, 20) if slow else self._dice.uniform(0.01, 0.2))

    def _pause(self) -> str:
        seconds = self._dice.choice((0, 1, 7, 30, 90, 400))
        if self._dice.random() < 0.3:
            moment = self._clock.now() + timedelta(seconds=seconds)
            return email.utils.format_datetime(moment, usegmt=True)
        return str(seconds)


def _error(status: int, *, pause: str | None = None) -> httpx.Response:
    headers = {} if pause is None else {"Retry-After": pause}
    return httpx.Response(status, json={"error": "simulated"}, headers=headers)


def _shown(request: httpx.Request) -> str:
    condition = request.headers.get("If-Match") or request.headers.get("If-None-Match")
    return f"{request.content.decode()[:300]}{f' if {condition}' if condition else ''}"
