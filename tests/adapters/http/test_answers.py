"""However much a server sends, or packs into little."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from reconciler.adapters.http.answers import AnswerTooLargeError, BoundedTransport
from tests.support.server import reply, serving

LIMIT = 1000


def got(response: httpx.Response) -> httpx.Response:
    """What becomes of a server's response."""
    inner = httpx.MockTransport(lambda _request: response)
    with httpx.Client(transport=BoundedTransport(inner, limit=LIMIT)) as client:
        return client.get("https://acme.example")


def without_end(taken: list[int]) -> Iterator[bytes]:
    """Chunks for ever; `taken` counts those that were asked for."""
    while True:
        taken.append(1)
        yield b"x" * 100


def test_a_body_of_the_limit_comes_through_and_a_larger_one_does_not() -> None:
    assert len(got(httpx.Response(200, content=b"x" * LIMIT)).content) == LIMIT
    with pytest.raises(AnswerTooLargeError, match="more than 1,000 bytes"):
        got(httpx.Response(200, content=b"x" * (LIMIT + 1)))


def test_no_more_is_read_than_is_needed_to_know_that_it_is_too_much() -> None:
    taken: list[int] = []
    with pytest.raises(AnswerTooLargeError):
        got(httpx.Response(200, content=without_end(taken)))
    assert len(taken) == LIMIT // 100 + 1


def test_of_a_refusal_the_status_is_enough() -> None:
    taken: list[int] = []
    response = got(httpx.Response(503, content=without_end(taken), headers={"Retry-After": "7"}))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "7")
    assert response.content == b""
    assert len(taken) == LIMIT // 100 + 1


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
def test_a_server_may_compress_all_the_same(encoding: str, packed: bytes) -> None:
    with serving(reply(200, packed, Content_Encoding=encoding)) as server:
        transport = BoundedTransport(httpx.HTTPTransport(), limit=LIMIT)
        with httpx.Client(transport=transport) as client:
            response = client.get(server.url)
    assert response.content == b"x" * LIMIT
    assert "Content-Encoding" not in response.headers


def test_a_bomb_is_recognised_by_its_unpacked_size() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    assert len(bomb) < 50_000
    with pytest.raises(AnswerTooLargeError):
        got(httpx.Response(200, stream=Packed(bomb), headers={"Content-Encoding": "gzip"}))


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "gzip, identity, gzip"])
def test_what_could_grow_beyond_measure_is_not_unpacked(encoding: str) -> None:
    packed = gzip.compress(gzip.compress(b"x"))
    with pytest.raises(httpx.DecodingError, match="not asked for"):
        got(httpx.Response(200, stream=Packed(packed), headers={"Content-Encoding": encoding}))


class Packed(httpx.SyncByteStream):
    """A body as it comes over the wire, in two chunks."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        half = len(self._content) // 2
        yield self._content[:half]
        yield self._content[half:]
