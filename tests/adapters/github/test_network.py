"""GitHub over a real network: failures that no retry can fix, and endless or huge responses."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import pytest

from reconciler.adapters.github.session import MAX_ANSWER, MAX_ATTEMPTS
from reconciler.errors import GitHubError, UnconfirmedWriteError
from tests.support.clock import VirtualClock
from tests.support.github_client import github_at
from tests.support.server import Received, reply, saying, serving, trickle


def test_a_proxy_that_refuses_is_tried_once_and_leaves_no_creation_in_doubt() -> None:
    clock = VirtualClock()
    with saying(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as listener:
        proxy = f"http://user:p4ss@127.0.0.1:{listener.port}"
        with github_at("https://api.example", clock=clock, proxy=proxy) as repository:
            with pytest.raises(GitHubError, match=r"\(407\)") as raised:
                repository.comments(7)
            assert "HTTPS_PROXY" in raised.value.hint
            with pytest.raises(GitHubError, match=r"\(407\)") as creation:
                repository.create_comment(7, "hello")
            assert not isinstance(creation.value, UnconfirmedWriteError)
    assert listener.reached == 2
    assert clock.monotonic() == 0


def test_an_endless_response_is_given_up_after_all_attempts() -> None:
    clock = VirtualClock()
    with (
        serving(trickle(clock)) as server,
        github_at(server.url, clock=clock) as repository,
        pytest.raises(GitHubError, match="could not be reached, or the connection broke"),
    ):
        repository.comments(7)
    assert len(server.received) == MAX_ATTEMPTS
    assert clock.monotonic() >= MAX_ATTEMPTS * 60


def test_a_huge_body_is_reported_and_not_requested_again() -> None:
    with (
        serving(reply(200, b" " * (MAX_ANSWER + 1))) as server,
        github_at(server.url, clock=VirtualClock()) as repository,
    ):
        with pytest.raises(GitHubError, match="more than 67,108,864 bytes"):
            repository.comments(7)
        assert len(server.received) == 1
        with pytest.raises(UnconfirmedWriteError):
            repository.create_comment(7, "hello")


def test_an_endless_download_is_given_up_after_all_attempts() -> None:
    clock = VirtualClock()
    with serving(trickle(clock)) as store:
        redirect = reply(302, b"", Location=f"{store.url}/archive.zip")
        with (
            serving(redirect) as server,
            github_at(server.url, clock=clock) as repository,
            pytest.raises(
                GitHubError, match="the storage could not be reached, or the connection broke"
            ),
        ):
            repository.download(1, limit=10**9)
    assert len(store.received) == MAX_ATTEMPTS
    assert clock.monotonic() >= MAX_ATTEMPTS * 600


def test_a_busy_storage_is_retried_when_it_says() -> None:
    clock = VirtualClock()
    busy = reply(429, b"", Retry_After="40")
    answers = iter([busy, busy, reply(200, b"PK")])

    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        next(answers)(received, handler)

    with serving(respond) as store:
        redirect = reply(302, b"", Location=f"{store.url}/archive.zip")
        with serving(redirect) as server, github_at(server.url, clock=clock) as repository:
            assert repository.download(1, limit=1000) == b"PK"
    assert clock.monotonic() == 80
