"""The certificates that a process trusts."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import httpx
import pytest
import trustme

from reconciler.adapters.http import network
from reconciler.adapters.http.trust import read_trusted, trusted
from tests.support.clock import VirtualClock
from tests.support.server import Received, reply, serving

THREADS = 20


@contextmanager
def reading_anew() -> Iterator[None]:
    """Let the certificates be read again inside the block, and after it."""
    read_trusted.cache_clear()
    try:
        yield
    finally:
        read_trusted.cache_clear()


def test_threads_that_begin_at_once_share_one_reading() -> None:
    begun = threading.Barrier(THREADS)

    def work() -> ssl.SSLContext:
        begun.wait()
        return trusted()

    with reading_anew(), ThreadPoolExecutor(THREADS) as pool:
        contexts = [pool.submit(work) for _ in range(THREADS)]
        assert len({id(each.result()) for each in contexts}) == 1
        assert read_trusted.cache_info().misses == 1


def test_certificates_that_could_not_be_read_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "authority.pem"
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with reading_anew():
        with pytest.raises(FileNotFoundError):
            trusted()
        trustme.CA().cert_pem.write_to_path(str(path))
        assert len(trusted().get_ca_certs()) == 1


def test_connections_of_many_threads_trust_the_same_authority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["h2", "http/1.1"])
    authority.issue_cert("127.0.0.1").configure_cert(context)

    offered: list[str | None] = []

    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        offered.append(handler.connection.selected_alpn_protocol())
        reply()(received, handler)

    def get(url: str) -> int:
        transport = network(url, proxy=None, address="THE_URL", seconds=60.0, clock=VirtualClock())
        with httpx.Client(transport=transport, timeout=30.0) as client:
            return client.get(url).status_code

    with (
        reading_anew(),
        serving(respond, tls=context) as server,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        assert list(pool.map(get, [server.url] * THREADS)) == [200] * THREADS
        assert read_trusted.cache_info().misses == 1
    assert offered == ["http/1.1"] * THREADS
