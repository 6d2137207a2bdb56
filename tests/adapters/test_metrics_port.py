"""The port for metrics, over real sockets."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

import httpx
import pytest

from reconciler.adapters.metrics_port import metrics_port
from reconciler.errors import ConfigurationError

TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"


@pytest.fixture
def counted() -> Iterator[tuple[str, list[str]]]:
    """The URL of a port, and what it serves next."""
    texts = ["größe 1\n# EOF\n"]
    with metrics_port(lambda: texts[-1], content_type=TYPE, port=0) as url:
        yield url, texts


def test_the_metrics_are_those_of_the_moment_at_which_they_are_read(
    counted: tuple[str, list[str]],
) -> None:
    url, texts = counted
    answer = httpx.get(url)
    assert (answer.status_code, answer.text) == (200, texts[0])
    assert answer.headers["content-type"] == TYPE
    texts.append("other 2\n# EOF\n")
    assert httpx.get(f"{url}?a=b").text == texts[1]


@pytest.mark.parametrize("path", ["/", "/metrics/", "/favicon.ico"])
def test_nothing_else_is_served(counted: tuple[str, list[str]], path: str) -> None:
    assert httpx.get(counted[0].replace("/metrics", path)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_written(counted: tuple[str, list[str]], method: str) -> None:
    assert httpx.request(method, counted[0]).status_code == 501


def test_it_listens_on_loopback_unless_another_host_is_named(
    counted: tuple[str, list[str]],
) -> None:
    assert counted[0].startswith("http://127.0.0.1:")


def test_it_says_which_server_it_is_but_not_which_python(counted: tuple[str, list[str]]) -> None:
    assert httpx.get(counted[0]).headers["server"].strip() == "reconciler"


def test_it_is_closed_after_the_block_although_somebody_is_still_connected() -> None:
    with metrics_port(lambda: "", content_type=TYPE, port=0) as url:
        port = httpx.URL(url).port or 0
        idle = socket.create_connection(("127.0.0.1", port))
    with idle, pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_a_port_that_is_taken_is_refused_with_the_options_to_choose_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(ConfigurationError, match=f"The port {port} of 127.0.0.1") as caught,
            metrics_port(lambda: "", content_type=TYPE, port=port),
        ):
            pass
    assert "--metrics-port" in caught.value.hint


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("203.0.113.1", 0)])
def test_a_port_or_host_that_this_machine_does_not_have_is_refused(host: str, port: int) -> None:
    with (
        pytest.raises(ConfigurationError, match="cannot be opened"),
        metrics_port(lambda: "", content_type=TYPE, port=port, host=host),
    ):
        pass


def test_a_defect_while_metrics_are_made_is_logged_and_stops_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = [0, 1]

    def render() -> str:
        return str(1 // answers.pop(0))

    with (
        caplog.at_level(logging.WARNING),
        metrics_port(render, content_type=TYPE, port=0) as url,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url)
        assert httpx.get(url).text == "1"
    assert "could not be served: ZeroDivisionError" in caplog.text
