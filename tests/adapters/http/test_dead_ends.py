"""Failures that no retry can fix, over real sockets: each is reported at once, with a hint."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
import trustme

from reconciler.adapters.http import network
from reconciler.adapters.http.dead_ends import DeadEndError
from reconciler.model.secret import Secret
from tests.adapters.http.test_trust import reading_anew
from tests.support.clock import VirtualClock
from tests.support.server import Received, broken_off, reply, saying, serving

NOW = datetime.now(timezone.utc).replace(tzinfo=None)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusted(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[trustme.CA]:
    """The authority, trusted by this machine."""
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    with reading_anew():
        yield authority


def tls_for(
    authority: trustme.CA,
    *names: str,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> ssl.SSLContext:
    """The server side of TLS, with a certificate for these names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names, not_before=not_before, not_after=not_after).configure_cert(context)
    return context


def get(url: str, *, proxy: str | None = None) -> int:
    transport = network(
        url,
        proxy=Secret(proxy) if proxy is not None else None,
        address="THE_URL",
        seconds=60.0,
        clock=VirtualClock(),
    )
    with httpx.Client(transport=transport, timeout=10.0) as client:
        return client.get(url).status_code


def dead_end(url: str, *, proxy: str | None = None) -> str:
    """The reason and hint with which a request fails for good."""
    with pytest.raises(DeadEndError) as raised:
        get(url, proxy=proxy)
    return f"{raised.value.reason}: {raised.value.hint}"


def plain(url: str) -> str:
    return url.replace("https://", "http://")


def secure(url: str) -> str:
    return url.replace("http://", "https://")


# Certificates


def test_a_certificate_from_a_trusted_authority_is_accepted(trusted: trustme.CA) -> None:
    with serving(reply(), tls=tls_for(trusted, "127.0.0.1")) as server:
        assert get(server.url) == 200


def test_an_untrusted_certificate_is_reported_with_ssl_cert_file(authority: trustme.CA) -> None:
    with serving(reply(), tls=tls_for(authority, "127.0.0.1")) as server:
        message = dead_end(server.url)
    assert "is not trusted on this machine" in message
    assert "SSL_CERT_FILE" in message


def test_a_certificate_for_another_name_is_reported_with_the_address_variable(
    trusted: trustme.CA,
) -> None:
    with serving(reply(), tls=tls_for(trusted, "other.example")) as server:
        for url in (server.url, server.url.replace("127.0.0.1", "localhost")):
            message = dead_end(url)
            assert "is for another name" in message
            assert "THE_URL" in message
            assert "other.example" not in message


@pytest.mark.parametrize(
    ("begins", "ends", "when"),
    [
        (NOW - 2 * DAY, NOW - DAY, "has expired"),
        (NOW + DAY, NOW + 2 * DAY, "is not valid yet"),
    ],
)
def test_a_certificate_outside_its_validity_period_is_reported_with_the_clock(
    trusted: trustme.CA, begins: datetime, ends: datetime, when: str
) -> None:
    tls = tls_for(trusted, "127.0.0.1", not_before=begins, not_after=ends)
    with serving(reply(), tls=tls) as server:
        message = dead_end(server.url)
    assert when in message
    assert "clock" in message


# TLS on a plain port, and plain HTTP on a TLS port


def test_https_to_an_http_server_is_reported_with_the_port() -> None:
    with serving(reply()) as server:
        message = dead_end(secure(server.url))
    assert "does not speak TLS" in message
    assert "the port in THE_URL" in message


def test_http_to_an_https_server_is_reported_with_the_scheme(authority: trustme.CA) -> None:
    with serving(reply(), tls=tls_for(authority, "127.0.0.1")) as server:
        assert "Change THE_URL to begin with https://." in dead_end(plain(server.url))


def test_a_server_that_requires_a_client_certificate_is_reported(trusted: trustme.CA) -> None:
    tls = tls_for(trusted, "127.0.0.1")
    tls.verify_mode = ssl.CERT_REQUIRED
    with serving(reply(), tls=tls) as server:
        assert "a client certificate" in dead_end(server.url)


def test_an_http_server_that_hangs_up_can_be_retried() -> None:
    def hang_up(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    with serving(hang_up) as server, pytest.raises(httpx.RemoteProtocolError):
        get(server.url)
    with serving(broken_off) as server, pytest.raises(httpx.RemoteProtocolError):
        get(server.url)


# Proxies


@contextmanager
def proxying(status: int) -> Iterator[str]:
    """A proxy that answers every CONNECT with this status; yields its URL."""
    with saying(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()) as listener:
        yield f"http://user:p4ss@127.0.0.1:{listener.port}"


@pytest.mark.parametrize(
    ("status", "reason", "hint"),
    [
        (
            407,
            "requires a user name and password",
            "HTTPS_PROXY or ALL_PROXY: http://user:password@",
        ),
        (403, "refuses to connect to it (403)", "allows this host"),
        (501, "refuses to connect to it (501)", "NO_PROXY"),
    ],
)
def test_a_proxy_that_refuses_is_reported_with_what_it_requires(
    status: int, reason: str, hint: str
) -> None:
    with proxying(status) as proxy:
        message = dead_end("https://acme.example", proxy=proxy)
    assert reason in message
    assert hint in message
    assert "p4ss" not in message


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_proxy_with_a_temporary_problem_can_be_retried(status: int) -> None:
    with (
        proxying(status) as proxy,
        pytest.raises(httpx.ProxyError),
    ):
        get("https://acme.example", proxy=proxy)


def test_an_unreachable_proxy_is_reported() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    message = dead_end("https://acme.example", proxy=f"http://user:p4ss@127.0.0.1:{port}")
    assert "the proxy cannot be reached" in message
    assert "NO_PROXY" in message
    assert "p4ss" not in message


def test_an_unreachable_server_can_be_retried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(httpx.ConnectError):
        get(f"http://127.0.0.1:{port}")


def test_a_proxy_with_the_wrong_scheme_is_reported(authority: trustme.CA) -> None:
    with serving(reply()) as server:
        message = dead_end("https://acme.example", proxy=secure(server.url))
        assert "change HTTPS_PROXY or ALL_PROXY to begin with http://" in message
    with serving(reply(), tls=tls_for(authority, "127.0.0.1")) as server:
        message = dead_end("https://acme.example", proxy=plain(server.url))
        assert "Change HTTPS_PROXY or ALL_PROXY to begin with https://" in message
