"""The windows of all origins of a process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from reconciler.adapters.clock import ThreadClock
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.v1.tenant import CognigyTenant, connect
from reconciler.adapters.cognigy.window import WINDOW_SECONDS
from reconciler.adapters.stopping import Stop
from reconciler.errors import Interrupted, UnavailableError
from reconciler.model.access import TenantAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event, Paused, RateLimited, RequestRepeated
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.ports import SILENT, Clock, Observer, Permission
from tests.adapters.cognigy.test_network import token_then
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder
from tests.support.server import Received, Respond, reply, serving

ORIGIN = "https://acme.cognigy.com"
LONG = 60.0
"""Far longer than any of these tests takes."""


@contextmanager
def tenant_at(
    origin: str, bot_id: str, *, rates: Rates, clock: Clock, observer: Observer, limits: Limits
) -> Iterator[CognigyTenant]:
    access = TenantAccess(
        endpoint=Endpoint(origin=origin, bot_id=bot_id), client_id="c", client_secret=Secret("s")
    )
    with connect(
        access,
        permission=Permission.READ,
        limits=limits,
        clock=clock,
        observer=observer,
        user_agent="tests",
        rates=rates,
    ) as tenant:
        yield tenant


def test_two_bots_of_one_origin_share_its_places_one_after_the_other() -> None:
    clock, rates = VirtualClock(), Rates()
    for _ in range(2):
        with rates.limiter(ORIGIN, limit=3, clock=clock, observer=SILENT) as limiter:
            for _ in range(2):
                with limiter.place():
                    pass
    assert clock.monotonic() == pytest.approx(WINDOW_SECONDS, abs=0.1)


def test_another_origin_has_its_own_places() -> None:
    clock, rates = VirtualClock(), Rates()
    for origin in (ORIGIN, "https://beta.cognigy.com"):
        with rates.limiter(origin, limit=2, clock=clock, observer=SILENT) as limiter:
            for _ in range(2):
                with limiter.place():
                    pass
    assert clock.monotonic() == 0


def test_a_window_is_forgotten_only_once_it_does_not_matter_any_more() -> None:
    clock, rates = VirtualClock(), Rates()

    def visit(origin: str) -> int:
        """Send one request there; returns how many counted before it."""
        with rates.limiter(origin, limit=9, clock=clock, observer=SILENT) as limiter:
            before = len(limiter.recent)
            with limiter.place():
                return before

    with rates.limiter("https://paused.example.com", limit=9, clock=clock, observer=SILENT) as it:
        it.pause(until=1e9)
    with rates.limiter("https://in-use.example.com", limit=9, clock=clock, observer=SILENT) as it:
        for number in range(1_000):
            visit(f"https://tenant-{number}.example.com")
            clock.advance(1.0)
        with it.place():
            pass
    assert visit("https://tenant-999.example.com") == 1
    assert visit("https://in-use.example.com") == 1
    with rates.limiter("https://paused.example.com", limit=9, clock=clock, observer=SILENT) as it:
        assert it.paused_until == 1e9
    assert len(rates.origins) <= 2 * 64


def test_a_429_pauses_the_other_bots_of_its_origin_too() -> None:
    clock, rates, recorder = VirtualClock(), Rates(), Recorder()
    answers: Iterator[Respond] = iter([reply(429, Retry_After="40"), reply(body=b'{"data": []}')])

    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        next(answers)(received, handler)

    limits = Limits(max_attempts=1)
    with (
        serving(token_then(respond)) as server,
        tenant_at(
            server.url, "bot_1", rates=rates, clock=clock, observer=SILENT, limits=limits
        ) as one,
        tenant_at(
            server.url, "bot_2", rates=rates, clock=clock, observer=recorder, limits=limits
        ) as other,
    ):
        with pytest.raises(UnavailableError):
            one.list_slots()
        assert clock.monotonic() == 0
        other.list_slots()
    assert clock.monotonic() == 40.0
    assert [each.seconds for each in recorder.of(Paused)] == [40.0]


def test_a_429_that_says_no_time_pauses_them_until_it_is_tried_again() -> None:
    clock, rates, recorder = VirtualClock(), Rates(), Recorder()
    answers: Iterator[Respond] = iter([reply(429), reply(body=b'{"data": []}')])

    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        next(answers)(received, handler)

    with (
        serving(token_then(respond)) as server,
        tenant_at(
            server.url, "bot_1", rates=rates, clock=clock, observer=recorder, limits=Limits()
        ) as tenant,
        rates.limiter(server.url, limit=9, clock=clock, observer=SILENT) as other,
    ):
        tenant.list_slots()
        (repeated,) = recorder.of(RequestRepeated)
        assert other.paused_until == repeated.until == clock.monotonic()
    assert recorder.of(Paused) == []


@pytest.mark.parametrize(("seconds", "is_sent"), [(100.0, True), (1000.0, False)])
def test_a_pause_that_begins_while_a_request_waits_for_its_place_is_respected(
    seconds: float, *, is_sent: bool
) -> None:
    clock, rates, recorder = VirtualClock(), Rates(), Recorder()
    limits = Limits(requests_per_minute=2)  # one for the token
    with (
        serving(token_then(reply(body=b'{"data": []}'))) as server,
        tenant_at(
            server.url, "bot_1", rates=rates, clock=clock, observer=recorder, limits=limits
        ) as tenant,
        rates.limiter(server.url, limit=2, clock=clock, observer=SILENT) as other,
    ):

        def pause(event: Event) -> None:
            if isinstance(event, RateLimited):
                other.pause(until=seconds)

        recorder.disturbed_by = pause
        tenant.list_slots()
        assert clock.monotonic() == 0
        if is_sent:
            tenant.list_slots()
            assert clock.monotonic() == seconds
            (paused,) = recorder.of(Paused)
            assert paused.until == seconds
        else:
            with pytest.raises(UnavailableError, match="not sent, because the tenant asked for"):
                tenant.list_slots()
        assert len(server.received) == (3 if is_sent else 2)


def test_two_threads_send_no_more_than_the_smaller_limit_to_a_real_server() -> None:
    stop, rates = Stop(), Rates()
    both, waiting = threading.Barrier(2), threading.Barrier(2, action=stop.ask)

    class Waiting:
        """Ends both once each has to wait for a place."""

        def __init__(self) -> None:
            self._has_waited = False

        def notice(self, event: object) -> None:
            if isinstance(event, RateLimited) and not self._has_waited:
                self._has_waited = True
                waiting.wait(LONG)

    with serving(token_then(reply(body=b'{"data": []}'))) as server:

        def work(bot_id: str, limit: int) -> None:
            with tenant_at(
                server.url,
                bot_id,
                rates=rates,
                clock=ThreadClock(stop),
                observer=Waiting(),
                limits=Limits(requests_per_minute=limit),
            ) as tenant:
                both.wait(LONG)
                while True:
                    tenant.list_slots()

        with ThreadPoolExecutor(2) as pool:
            working = [pool.submit(work, "bot_1", 20), pool.submit(work, "bot_2", 30)]
            assert {type(each.exception(LONG)) for each in working} == {Interrupted}
        assert len(server.received) == 20
