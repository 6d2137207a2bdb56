"""An empty queue for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.bouncer import pooling
from tests.support.postgres import Server, server
from tests.support.queue import Queue, new_queue

__all__ = ["server"]


@pytest.fixture
def queue(server: Server) -> Queue:
    return new_queue(server)


@pytest.fixture(params=["direct", "pooled"])
def folder(request: pytest.FixtureRequest) -> Iterator[str]:
    """Of the socket to talk to: the server's, or that of a PgBouncer which pools transactions."""
    if request.param == "direct":
        yield ""
        return
    running: Server = request.getfixturevalue("server")
    with pooling(running) as pool:
        yield str(pool)
