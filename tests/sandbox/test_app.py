"""The tenant over a real socket and in process, as seen by httpx."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading

import httpx
import pytest

from reconciler.sandbox.app import serve, serve_all
from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.sandbox.v1.caller import FRUIT, Caller, put_body
from tests.support.inprocess import transport


def bearer(client: httpx.Client, caller: Caller) -> dict[str, str]:
    form = {
        "grant_type": "client_credentials",
        "client_id": caller.settings.client_id,
        "client_secret": caller.settings.client_secret,
    }
    token = client.post("/oauth/token", data=form).raise_for_status().json()["access_token"]
    return {"Authorization": f"Bearer {token}"}


def exchange(client: httpx.Client, caller: Caller) -> list[tuple[int, object]]:
    """The responses to one call of each kind."""
    headers = bearer(client, caller)
    url = "/api/v1/slots/slot_fruit"
    stale = {**headers, "If-Match": '"0"'}
    analytics = "/api/v1/bots/bot_1/analytics/slots/slot_fruit/extraction"
    asked = {"timeRange": "last24h", "metric": "successRate"}
    responses = [
        client.get("/api/v1/slots", params={"limit": 1, "offset": 1}, headers=headers),
        client.get(analytics, params=asked, headers=headers),
        client.put(url, json=put_body(name="früit"), headers=headers),
        client.put(url, json=put_body(), headers=stale),
        client.get("/api/v1/slots/slot%5Ffruit", headers=headers),
        client.delete("/api/v1/slots/slot_colour", headers=headers),
        client.get("/api/v1/slots", headers={}),
        client.patch(url, headers=headers),
        client.get("/", headers=headers),
    ]
    return [(answer.status_code, answer.json() if answer.content else None) for answer in responses]


def test_a_socket_and_the_in_process_transport_give_the_same_responses() -> None:
    over_http, in_process = Caller(), Caller()
    with serve(over_http.tenant) as url, httpx.Client(base_url=url) as client:
        answers = exchange(client, over_http)
    inside = transport(in_process.tenant)
    with httpx.Client(base_url="https://tenant.example", transport=inside) as client:
        assert exchange(client, in_process) == answers
    assert [status for status, _ in answers] == [200, 200, 200, 412, 200, 204, 401, 405, 404]
    assert answers[4][1] == {**FRUIT, "name": "früit"}


def test_it_listens_on_loopback_until_the_block_ends() -> None:
    with serve(Caller().tenant) as url:
        assert url.startswith("http://127.0.0.1:")
        assert httpx.get(url).status_code == 404
    with pytest.raises(httpx.ConnectError):
        httpx.get(url)


def test_it_stops_even_if_a_client_keeps_its_connection_open() -> None:
    with httpx.Client() as client:
        with serve(Caller().tenant) as url:
            assert client.get(url).status_code == 404
        assert "sandbox" not in [thread.name for thread in threading.enumerate()]


def test_the_same_port_can_be_reused_after_a_stop() -> None:
    with serve(Caller().tenant) as url:
        port = httpx.URL(url).port
        assert httpx.get(url).status_code == 404
    assert port is not None
    with serve(Caller().tenant, port=port) as again:
        assert again == url


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError), serve(Caller().tenant, port=other.getsockname()[1]):
            pass


def test_two_sandboxes_serve_side_by_side() -> None:
    def first_slot(tenant: SandboxTenant) -> object:
        return tenant.slots()[0]["name"]

    one, other = Caller(), Caller()
    with serve(one.tenant) as url_one, serve(other.tenant) as url_other:
        with httpx.Client(base_url=url_one) as client:
            headers = bearer(client, one)
            client.put("/api/v1/slots/slot_fruit", json=put_body(name="mine"), headers=headers)
        assert url_one != url_other
        assert (first_slot(one.tenant), first_slot(other.tenant)) == ("mine", "fruit")


FOREGROUND = """
from reconciler.adapters.clock import SystemClock
from reconciler.sandbox.app import run
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.seed import seed
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore
from reconciler.sandbox.v1.tenant import SandboxTenant

store = MemoryStore()
seed(store)
tenant = SandboxTenant(
    clock=SystemClock(), settings=SandboxSettings(), store=store, corpus=Corpus.packaged()
)
run(tenant, 0, lambda url: print(url, flush=True))
print("stopped")
"""


@pytest.mark.skipif(os.name != "posix", reason="Windows cannot send Ctrl-C to one process")
def test_in_the_foreground_it_serves_until_an_interrupt_and_prints_nothing() -> None:
    with subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-c", FOREGROUND],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert httpx.get(url).status_code == 404
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, output, errors) == (0, "stopped\n", "")


def test_several_tenants_are_served_each_on_a_port_of_its_own() -> None:
    tenants = [Named(name) for name in ("acme", "globex", "initech")]
    with serve_all(tenants) as urls:
        assert len(set(urls)) == len(tenants)
        answers = [httpx.get(f"{url}/anything").text for url in reversed(urls)]
    assert answers == ["initech", "globex", "acme"]


class Named:
    """A tenant that answers with its name."""

    def __init__(self, name: str) -> None:
        self._name = name

    def handle(self, request: Request) -> Response:
        return Response(status=200, body=self._name.encode())
