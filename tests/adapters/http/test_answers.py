"""Responses stay within their size limit, however large or compressed they are."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from reconciler.adapters.http.answers import AnswerTooLargeError, BoundedTransport
from tests.support.server import reply, serving

LIMIT = 1000


def received(response: httpx.Response) -> httpx.Response:
    """What a client receives when the server sends `response`."""
    inner = httpx.MockTransport(lambda _request: response)
    with httpx.Client(transport=BoundedTransport(inner, limit=LIMIT)) as client:
        return client.get("https://acme.example")


def endless(sent: list[int]) -> Iterator[bytes]:
    """An endless stream of chunks; `sent` grows with each one that is requested."""
    while True:
        sent.append(1)
        yield b"x" * 100


def test_a_body_at_the_limit_is_accepted_and_a_larger_one_is_not() -> None:
    assert len(received(httpx.Response(200, content=b"x" * LIMIT)).content) == LIMIT
    with pytest.raises(AnswerTooLargeError, match="more than 1,000 bytes"):
        received(httpx.Response(200, content=b"x" * (LIMIT + 1)))


def test_reading_stops_as_soon_as_the_limit_is_exceeded() -> None:
    sent: list[int] = []
    with pytest.raises(AnswerTooLargeError):
        received(httpx.Response(200, content=endless(sent)))
    assert len(sent) == LIMIT // 100 + 1


def test_a_refusal_with_a_body_that_is_too_large_keeps_its_status_and_headers() -> None:
    sent: list[int] = []
    response = received(httpx.Response(503, content=endless(sent), headers={"Retry-After": "7"}))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert response.content == b""
    assert len(sent) == LIMIT // 100 + 1


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"x" * LIMIT, mtime=0)),
        ("GZIP", gzip.compress(b"x" * LIMIT, mtime=0)),
        ("deflate", zlib.compress(b"x" * LIMIT)),
        ("identity", b"x" * LIMIT),
        ("utf-8", b"x" * LIMIT),
        ("utf-8, gzip", gzip.compress(b"x" * LIMIT, mtime=0)),
        ("", b"x" * LIMIT),
    ],
)
def test_a_compressed_body_is_decoded(encoding: str, packed: bytes) -> None:
    with serving(reply(200, packed, Content_Encoding=encoding)) as server:
        transport = BoundedTransport(httpx.HTTPTransport(), limit=LIMIT)
        with httpx.Client(transport=transport) as client:
            response = client.get(server.url)
    assert response.content == b"x" * LIMIT
    assert "Content-Encoding" not in response.headers


def test_a_decompression_bomb_is_recognised_by_its_decoded_size() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 50_000
    with pytest.raises(AnswerTooLargeError):
        received(httpx.Response(200, stream=Packed(bomb), headers={"Content-Encoding": "gzip"}))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip, identity, gzip"])
def test_encodings_that_could_expand_without_limit_are_not_decoded(encoding: str) -> None:
    packed = gzip.compress(gzip.compress(b"x"))
    with pytest.raises(httpx.DecodingError, match="not asked for"):
        received(httpx.Response(200, stream=Packed(packed), headers={"Content-Encoding": encoding}))


class Packed(httpx.SyncByteStream):
    """A body as sent over the wire, in two chunks."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        half = len(self._content) // 2
        yield self._content[:half]
        yield self._content[half:]
