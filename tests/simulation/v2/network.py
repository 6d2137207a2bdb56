"""From our client to the tenant: an httpx transport on which anything can go wrong."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Protocol

import httpx

from tests.simulation.fuse import Fuse
from tests.simulation.trace import Trace
from tests.simulation.v2.tenant import INITIAL, OTHERS, PREFIX, ModelTenant, Reply
from tests.support.clock import VirtualClock

CLIENT_TIMEOUT_SECONDS = 30.0


class Witness(Protocol):
    """Checks what goes over the wire."""

    def sending(self, request: httpx.Request) -> None:
        """Our side is sending this."""

    def arrived(self) -> None:
        """A request has reached the tenant."""

    def carried_out(self, request: httpx.Request) -> None:
        """The tenant has stored or deleted a filler."""

    def received(self, reply: Reply) -> None:
        """Our side has received this response completely."""


class Others:
    """Colleagues who edit, delete and create fillers at any moment, and never train."""

    def __init__(
        self,
        dice: random.Random,
        *,
        tenant: ModelTenant,
        names: Mapping[str, str],
        odds: float,
        trace: Trace,
    ) -> None:
        """`names` are the slots of the files, each with its flow."""
        self._dice = dice
        self._tenant = tenant
        self._names = names
        self.odds = odds
        self._trace = trace
        self._serial = 0

    def may_act(self) -> None:
        """Do something, or nothing."""
        if self._dice.random() >= self.odds:
            return
        self._serial += 1
        name = self._dice.choice(sorted(self._names))
        flow = self._names[name]
        act = self._dice.choice(("edit", "edit", "create", "delete"))
        there = self._tenant.named(flow, name)
        if (act == "create") == bool(there):
            return
        self._trace.count(f"others: {act}")
        self._trace.say("others", f"{act} {name}")
        fields = {"name": name, "type": "regex", "contextKey": name, "storeResultInContext": True}
        if act == "create":
            fields["regex"] = f"/good foreign{self._serial}/"
            self._tenant.create(flow, fields, author=OTHERS)
            return
        after = dict(there[0].now.fields or {})
        if self._dice.random() < 0.7:
            after["regex"] = f"/good foreign{self._serial}/"
        else:  # which no file manages, or some do
            after["resultLocation"] = f"foreign{self._serial}"
        self._tenant.store(there[0], None if act == "delete" else after, author=OTHERS)

    def clear_the_way(self) -> None:
        """Remove what they have doubled."""
        for name, flow in self._names.items():
            there = self._tenant.named(flow, name)
            for each in there if len(there) > 1 else ():
                if each.now.author in (OTHERS, INITIAL) and len(self._tenant.named(flow, name)) > 1:
                    self._trace.count("way cleared")
                    self._tenant.store(each, None, author=OTHERS)


class Network(httpx.BaseTransport):
    """Puts latency, other people, faults and power cuts around each request."""

    def __init__(
        self,
        dice: random.Random,
        *,
        tenant: ModelTenant,
        others: Others,
        fuse: Fuse,
        witness: Witness,
        clock: VirtualClock,
        trace: Trace,
        odds: Mapping[str, float],
    ) -> None:
        self._dice = dice
        self._tenant = tenant
        self._others = others
        self._fuse = fuse
        self._witness = witness
        self._clock = clock
        self._trace = trace
        self.odds = odds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        what = f"{request.method} {request.url.path.removeprefix(PREFIX)}"
        self._fuse.step("before a request", what)
        self._witness.sending(request)
        self._clock.advance(self._dice.uniform(0.01, 0.2))
        self._others.may_act()
        fault = self._draw(request)
        shown = request.content.decode()[:300]
        self._trace.say("request", f"{what} {shown}{f'  ** {fault}' if fault else ''}")
        response = self._answer(request, fault)
        self._fuse.step("after a request", what)
        return response

    def _draw(self, request: httpx.Request) -> str:
        for fault, odds in self.odds.items():
            often = 4 if fault == "lost POST answer" else 1
            concerned = often == 1 or request.method == "POST"
            if concerned and self._dice.random() < often * odds:
                self._trace.count(f"fault: {fault}")
                return fault
        return ""

    def _answer(self, request: httpx.Request, fault: str) -> httpx.Response:
        if fault == "timeout before":
            self._clock.advance(CLIENT_TIMEOUT_SECONDS)
            raise httpx.WriteTimeout("no answer in time", request=request)
        if fault == "dropped before":
            raise httpx.ConnectError("connection refused", request=request)
        self._witness.arrived()
        if fault.startswith("429"):
            pause = (
                {"Retry-After": str(self._dice.choice((0, 1, 30, 90)))} if "with" in fault else {}
            )
            return httpx.Response(429, headers=pause)
        if fault == "5xx before":
            return httpx.Response(self._dice.choice((500, 502, 503, 504)))
        before = self._tenant.moment
        reply = self._tenant.handle(request)
        if self._tenant.moment != before:
            self._witness.carried_out(request)
        self._clock.advance(self._dice.uniform(0.01, 0.2))
        if fault == "timeout after":
            self._clock.advance(CLIENT_TIMEOUT_SECONDS)
            raise httpx.ReadTimeout("no answer in time", request=request)
        if fault in ("dropped after", "lost POST answer"):
            raise httpx.ReadError("connection reset", request=request)
        if fault == "5xx after":
            return httpx.Response(self._dice.choice((500, 502, 503, 504)))
        if fault == "garbage after":
            return httpx.Response(200, text=self._dice.choice(("<html>", "null", "[]", "", "{}")))
        response = (
            httpx.Response(reply.status)
            if reply.body is None
            else httpx.Response(reply.status, json=reply.body)
        )
        self._trace.say("answer", f"{response.status_code} {response.text[:300]}")
        self._witness.received(reply)
        return response
