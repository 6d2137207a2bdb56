"""Events to a webhook, over a real socket."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
import trustme

from reconciler.adapters import webhook
from reconciler.adapters.webhook import MAX_ATTEMPTS, SilentNotifier, Webhook
from reconciler.model.access import WebhookAccess, WebhookFormat
from reconciler.model.content import PatternContent
from reconciler.model.secret import Secret
from tests.support.clock import VirtualClock
from tests.support.server import Received, Respond, Server, reply, saying, serving

CONTENT = PatternContent(
    name="fruit",
    type="regex",
    patterns=("^x$",),
    fill_strategy="strict",
    dependencies=("slot_a", "slot_b"),
)


def posting(
    url: str,
    *,
    secret: str | None = None,
    proxy: str | None = None,
    clock: VirtualClock | None = None,
) -> Webhook:
    access = WebhookAccess(
        url=Secret(url),
        secret=Secret(secret) if secret is not None else None,
        proxy=Secret(proxy) if proxy is not None else None,
    )
    return Webhook(access, clock=clock or VirtualClock())


@contextmanager
def listening(respond: Respond, *, secret: str | None = None) -> Iterator[tuple[Server, Webhook]]:
    with serving(respond) as server:
        yield server, posting(server.url + "/hook", secret=secret)


def send(notifier: Webhook, event: str = "slot_updated") -> None:
    notifier.notify(event, slot_id="slot_fruit", content=CONTENT, retrain=True)


def test_a_message_for_slack_is_sent_and_signed_like_any_other() -> None:
    with serving(reply()) as server:
        notifier = Webhook(
            WebhookAccess(url=Secret(server.url), form=WebhookFormat.SLACK, secret=Secret("s")),
            clock=VirtualClock(),
        )
        send(notifier)
        assert notifier.close() == []
        (received,) = server.received
    assert json.loads(received.body)["text"] == "Slot slot_fruit was updated"
    digest = hmac.new(b"s", received.body, hashlib.sha256).hexdigest()
    assert received.headers["X-Reconciler-Signature"] == f"sha256={digest}"


def test_an_event_has_the_documented_shape() -> None:
    with listening(reply()) as (server, notifier):
        send(notifier)
        assert notifier.close() == []
    (received,) = server.received
    assert (received.method, received.path) == ("POST", "/hook")
    assert received.headers["Content-Type"] == "application/json"
    assert json.loads(received.body) == {
        "event": "slot_updated",
        "slotId": "slot_fruit",
        "timestamp": "2026-03-02T09:00:00.000Z",
        "metadata": {
            "fillStrategy": "strict",
            "dependencies": ["slot_a", "slot_b"],
            "triggerRetrain": True,
        },
    }


def test_with_a_secret_the_body_is_signed() -> None:
    with listening(reply(), secret="key") as (server, notifier):
        send(notifier)
        notifier.close()
    (received,) = server.received
    expected = hmac.new(b"key", received.body, hashlib.sha256).hexdigest()
    assert received.headers["X-Reconciler-Signature"] == f"sha256={expected}"


def test_without_a_secret_there_is_no_signature() -> None:
    with listening(reply()) as (server, notifier):
        send(notifier)
        notifier.close()
    assert "X-Reconciler-Signature" not in server.received[0].headers


def test_events_arrive_in_order() -> None:
    with listening(reply(204, b"")) as (server, notifier):
        for event in ("slot_updated", "gate_failed", "slot_rolled_back"):
            send(notifier, event)
        assert notifier.close() == []
    assert [json.loads(each.body)["event"] for each in server.received] == [
        "slot_updated",
        "gate_failed",
        "slot_rolled_back",
    ]


def test_a_failure_is_retried() -> None:
    answers = iter([500, 503, 200])

    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        reply(next(answers))(received, handler)

    with listening(respond) as (server, notifier):
        send(notifier)
        assert notifier.close() == []
    assert len(server.received) == 3
    assert len({each.body for each in server.received}) == 1


def test_an_event_that_is_never_accepted_is_reported_and_the_next_one_is_still_sent() -> None:
    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        reply(500 if b"gate_failed" in received.body else 200)(received, handler)

    with listening(respond) as (server, notifier):
        send(notifier, "gate_failed")
        send(notifier, "slot_updated")
        assert notifier.close() == ["gate_failed of slot_fruit: answered 500"]
    assert len(server.received) == MAX_ATTEMPTS + 1


def test_a_final_refusal_is_not_retried() -> None:
    with listening(reply(400)) as (server, notifier):
        send(notifier)
        assert notifier.close() == ["slot_updated of slot_fruit: answered 400"]
    assert len(server.received) == 1


def test_redirects_are_not_followed() -> None:
    with (
        serving(reply()) as elsewhere,
        listening(reply(302, Location=elsewhere.url)) as (
            _,
            notifier,
        ),
    ):
        send(notifier)
        assert notifier.close() == ["slot_updated of slot_fruit: answered 302"]
        assert elsewhere.received == []


def test_the_wait_for_a_webhook_that_hangs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "CLOSING_SECONDS", 0.05)
    released = threading.Event()

    def hang(received: Received, handler: BaseHTTPRequestHandler) -> None:
        released.wait(30)
        reply()(received, handler)

    with listening(hang) as (_, notifier):
        send(notifier)
        send(notifier)
        (failure,) = notifier.close()  # returns although there was no answer
        released.set()
        notifier._thread.join(
            30
        )  # otherwise its jitter would affect the random numbers of a later test
        assert not notifier._thread.is_alive()
    assert failure.startswith("gave up after")


def test_the_body_of_a_response_is_not_read() -> None:
    def endless(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:  # until the client hangs up
            handler.wfile.write(b"x" * 65536)

    with listening(endless) as (server, notifier):
        send(notifier)
        send(notifier)
        assert notifier.close() == []
    assert len(server.received) == 2


def test_endless_headers_time_out() -> None:
    clock = VirtualClock()

    def endless(_received: Received, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Padding: ")
        while True:  # until the client hangs up
            handler.wfile.write(b"x")
            clock.advance(1)

    with serving(endless) as server:
        notifier = posting(server.url + "/hook", clock=clock)
        send(notifier)
        (failure,) = notifier.close()
    assert failure.endswith("Timeout")


def test_a_failure_that_no_retry_can_fix_is_reported_at_once_and_without_the_url() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with serving(reply(), tls=context) as server:
        url = f"{server.url}/s3cr3t-path"
        notifier = posting(url)
        send(notifier)
        (failure,) = notifier.close()
    assert failure.startswith("slot_updated of slot_fruit: its certificate is not trusted")
    assert "SSL_CERT_FILE" in failure
    assert "s3cr3t" not in failure
    assert "127.0.0.1" not in failure


def test_a_proxy_that_refuses_is_not_retried() -> None:
    with saying(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n") as listener:
        proxy = f"http://user:p4ss@127.0.0.1:{listener.port}"
        notifier = posting("https://hooks.example/a", proxy=proxy)
        send(notifier)
        (failure,) = notifier.close()
    assert "(407)" in failure
    assert "p4ss" not in failure
    assert listener.reached == 1


def test_an_invalid_url_is_not_quoted() -> None:
    notifier = posting("https://h:s3cr3t/x")
    send(notifier)
    (failure,) = notifier.close()
    assert "s3cr3t" not in failure


def test_events_go_through_the_configured_proxy() -> None:
    with serving(reply(204, b"")) as proxy:
        notifier = posting("http://hooks.example/a", proxy=proxy.url)
        send(notifier)
        assert notifier.close() == []
    assert [each.path for each in proxy.received] == ["http://hooks.example/a"]


def test_without_a_webhook_nothing_happens() -> None:
    silent = SilentNotifier()
    silent.notify("slot_updated", slot_id="slot_fruit", content=CONTENT, retrain=True)
    assert silent.close() == []
