"""The deadline of a request, over a real socket and under a virtual clock."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import httpx
import pytest

from reconciler.adapters.http import network
from reconciler.adapters.http.network import UNTIL
from reconciler.errors import ConfigurationError
from reconciler.model.secret import Secret
from tests.adapters.http.test_trust import reading_anew
from tests.support.clock import VirtualClock
from tests.support.server import Received, Respond, reply, serving, trickle


def endless_headers(clock: VirtualClock) -> Respond:
    """A byte of the headers every second."""

    def respond(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
        _trickle(handler, clock, b"x")

    return respond


def endless_interim_answers(clock: VirtualClock) -> Respond:
    """An interim response (102 Processing) every second."""

    def respond(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        _trickle(handler, clock, b"HTTP/1.1 102 Processing\r\n\r\n")

    return respond


def _trickle(handler: BaseHTTPRequestHandler, clock: VirtualClock, data: bytes) -> None:
    while True:  # until the client hangs up
        handler.wfile.write(data)
        handler.wfile.flush()
        clock.advance(1.0)


ENDLESS = pytest.mark.parametrize("endless", [trickle, endless_headers, endless_interim_answers])


def get(url: str, clock: VirtualClock, *, seconds: float = 60.0, until: float | None = None) -> int:
    transport = network(
        "http://127.0.0.1", proxy=None, address="THE_URL", seconds=seconds, clock=clock
    )
    with httpx.Client(transport=transport, timeout=30.0) as client:
        extensions = {} if until is None else {UNTIL: until}
        return client.get(url, extensions=extensions).status_code


@ENDLESS
def test_an_endless_response_times_out(
    endless: Callable[[VirtualClock], Respond],
) -> None:
    clock = VirtualClock()
    with (
        serving(endless(clock)) as server,
        pytest.raises(httpx.TimeoutException, match="as a whole"),
    ):
        get(server.url, clock)
    assert clock.monotonic() >= 60


@ENDLESS
def test_a_request_with_an_earlier_deadline_times_out_earlier(
    endless: Callable[[VirtualClock], Respond],
) -> None:
    clock = VirtualClock()
    clock.advance(1000)
    with serving(endless(clock)) as server, pytest.raises(httpx.TimeoutException):
        get(server.url, clock, seconds=1e9, until=1005)
    assert clock.monotonic() >= 1005


def test_each_request_has_its_own_deadline() -> None:
    clock = VirtualClock()

    def slowly(received: Received, handler: BaseHTTPRequestHandler) -> None:
        clock.advance(50)
        reply()(received, handler)

    transport = network(
        "http://127.0.0.1", proxy=None, address="THE_URL", seconds=60.0, clock=clock
    )
    with serving(slowly) as server, httpx.Client(transport=transport) as client:
        assert [client.get(server.url).status_code for _ in range(3)] == [200, 200, 200]


def test_a_request_past_its_deadline_is_not_sent() -> None:
    clock = VirtualClock()
    with serving(reply()) as server:
        with pytest.raises(httpx.ConnectTimeout):
            get(server.url, clock, until=clock.monotonic())
        assert server.received == []


@pytest.mark.parametrize("proxy", ["http://u:p4ss#@proxy:1", "p4ss"])
def test_an_invalid_proxy_is_reported_without_any_part_of_its_url(proxy: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        network(
            "http://127.0.0.1",
            proxy=Secret(proxy),
            address="THE_URL",
            seconds=60.0,
            clock=VirtualClock(),
        )
    assert "HTTPS_PROXY" in raised.value.hint
    assert raised.value.__suppress_context__
    assert "p4ss" not in raised.value.message + raised.value.hint


def test_certificates_that_cannot_be_read_are_reported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/none.pem")
    with reading_anew(), pytest.raises(ConfigurationError, match="FileNotFoundError") as raised:
        network(
            "https://localhost", proxy=None, address="THE_URL", seconds=60.0, clock=VirtualClock()
        )
    assert "SSL_CERT_FILE" in raised.value.hint


def test_no_certificates_are_read_for_a_server_without_tls(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{tmp_path}/none.pem")
    with reading_anew():
        network(
            "http://localhost", proxy=None, address="THE_URL", seconds=60.0, clock=VirtualClock()
        ).close()
