"""Events to a webhook, over a real socket."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from reconciler.adapters import webhook
from reconciler.adapters.webhook import MAX_ATTEMPTS, SilentNotifier, Webhook
from reconciler.model.slot import SlotContent
from tests.support.clock import VirtualClock
from tests.support.server import Received, Respond, Server, reply, serving

CONTENT = SlotContent(
    name="fruit",
    type="regex",
    patterns=("^x$",),
    fill_strategy="strict",
    dependencies=("slot_a", "slot_b"),
)


@contextmanager
def listening(respond: Respond, *, secret: str | None = None) -> Iterator[tuple[Server, Webhook]]:
    with serving(respond) as server:
        yield server, Webhook(server.url + "/hook", secret=secret, clock=VirtualClock())


def tell(notifier: Webhook, event: str = "slot_updated") -> None:
    notifier.notify(event, slot_id="slot_fruit", content=CONTENT, retrain=True)


def test_an_event_has_the_contracts_shape() -> None:
    with listening(reply()) as (server, notifier):
        tell(notifier)
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
        tell(notifier)
        notifier.close()
    (received,) = server.received
    expected = hmac.new(b"key", received.body, hashlib.sha256).hexdigest()
    assert received.headers["X-Reconciler-Signature"] == f"sha256={expected}"


def test_without_a_secret_there_is_no_signature() -> None:
    with listening(reply()) as (server, notifier):
        tell(notifier)
        notifier.close()
    assert "X-Reconciler-Signature" not in server.received[0].headers


def test_events_arrive_in_order() -> None:
    with listening(reply(204, b"")) as (server, notifier):
        for event in ("slot_updated", "gate_failed", "slot_rolled_back"):
            tell(notifier, event)
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
        tell(notifier)
        assert notifier.close() == []
    assert len(server.received) == 3
    assert len({each.body for each in server.received}) == 1


def test_an_event_that_is_never_accepted_is_reported_and_the_next_one_is_sent() -> None:
    def respond(received: Received, handler: BaseHTTPRequestHandler) -> None:
        reply(500 if b"gate_failed" in received.body else 200)(received, handler)

    with listening(respond) as (server, notifier):
        tell(notifier, "gate_failed")
        tell(notifier, "slot_updated")
        assert notifier.close() == ["gate_failed of slot_fruit: answered 500"]
    assert len(server.received) == MAX_ATTEMPTS + 1


def test_a_plain_refusal_is_not_retried() -> None:
    with listening(reply(400)) as (server, notifier):
        tell(notifier)
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
        tell(notifier)
        assert notifier.close() == ["slot_updated of slot_fruit: answered 302"]
        assert elsewhere.received == []


def test_a_webhook_that_hangs_costs_a_bounded_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "CLOSING_SECONDS", 0.05)
    released = threading.Event()

    def hang(received: Received, handler: BaseHTTPRequestHandler) -> None:
        released.wait(30)
        reply()(received, handler)

    with listening(hang) as (_, notifier):
        tell(notifier)
        tell(notifier)
        (failure,) = notifier.close()  # returns although nothing was answered
        released.set()
        notifier._thread.join(30)  # or its jitter would disturb a later test's random numbers
        assert not notifier._thread.is_alive()
    assert failure.startswith("gave up after")


def test_without_a_webhook_nothing_happens() -> None:
    silent = SilentNotifier()
    silent.notify("slot_updated", slot_id="slot_fruit", content=CONTENT, retrain=True)
    assert silent.close() == []
