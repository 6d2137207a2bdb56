"""Sends events to a webhook: signed, retried, and off the critical path."""

from __future__ import annotations

import hashlib
import hmac
import logging
import queue
import threading
from dataclasses import dataclass

import httpx
import tenacity
from tenacity.nap import sleep_using_event

from reconciler.adapters.http import network
from reconciler.adapters.http.dead_ends import DeadEndError
from reconciler.adapters.http.pauses import may_pass
from reconciler.adapters.webhook_bodies import SlotEvent, body_of
from reconciler.model.access import WebhookAccess
from reconciler.model.base import rfc3339
from reconciler.model.content import SlotContent
from reconciler.ports import Clock

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10.0
"""For each attempt, as documented."""
MAX_ATTEMPTS = 3
CLOSING_SECONDS = 15.0
"""How long an apply waits at its end, at most, for pending events."""
SIGNATURE_HEADER = "X-Reconciler-Signature"


@dataclass(frozen=True)
class _Event:
    name: str
    body: bytes


class SilentNotifier:
    """No webhook is configured."""

    def notify(
        self, event: str, *, slot_id: str, content: SlotContent | None, retrain: bool
    ) -> None:
        """Does nothing."""

    def close(self) -> list[str]:
        """Nothing can have failed."""
        return []


class Webhook:
    """Posts events in order, from its own thread.

    Failures are only collected here: the ledger has a single writer, and it is not this thread.
    """

    def __init__(self, access: WebhookAccess, *, clock: Clock) -> None:
        """Raises ConfigurationError."""
        self._secret = access.secret.get_secret_value().encode() if access.secret else None
        self._form = access.form
        self._clock = clock
        self._url = access.url.get_secret_value()
        self._transport = network(
            self._url,
            proxy=access.proxy,
            address="COGNIGY_WEBHOOK_URL",
            seconds=TIMEOUT_SECONDS,
            clock=clock,
        )
        self._waiting: queue.Queue[_Event | None] = queue.Queue()
        self._failures: list[str] = []
        self._giving_up = threading.Event()
        self._thread = threading.Thread(target=self._deliver, name="webhook", daemon=True)
        self._thread.start()

    def notify(
        self, event: str, *, slot_id: str, content: SlotContent | None, retrain: bool
    ) -> None:
        """Queue one event."""
        happened = SlotEvent(
            event=event,
            slot_id=slot_id,
            timestamp=rfc3339(self._clock.now()),
            content=content,
            retrain=retrain,
        )
        body = body_of(happened, form=self._form)
        self._waiting.put(_Event(name=f"{event} of {slot_id}", body=body))

    def close(self) -> list[str]:
        """Wait at most CLOSING_SECONDS for pending events. Returns one message per failure."""
        self._waiting.put(None)
        self._thread.join(timeout=CLOSING_SECONDS)
        if self._thread.is_alive():
            self._giving_up.set()
            undelivered = self._waiting.qsize()
            self._failures.append(
                f"gave up after {CLOSING_SECONDS:.0f} s with {undelivered} events undelivered"
            )
        return list(self._failures)

    def _deliver(self) -> None:
        try:
            self._deliver_all()
        except Exception as error:  # noqa: BLE001 - `close` has to report any failure of the thread
            # The error's text goes into the ledger and may quote the URL, which may hold a secret.
            self._failures.append(f"the webhook cannot be used: {type(error).__name__}")

    def _deliver_all(self) -> None:
        with httpx.Client(
            transport=self._transport, timeout=TIMEOUT_SECONDS, follow_redirects=False
        ) as client:
            while (event := self._waiting.get()) is not None:
                try:
                    self._post(client, event)
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    self._failures.append(f"{event.name}: {_reason(error)}")

    def _post(self, client: httpx.Client, event: _Event) -> None:
        headers = {"Content-Type": "application/json"}
        if self._secret:
            digest = hmac.new(self._secret, event.body, hashlib.sha256).hexdigest()
            headers[SIGNATURE_HEADER] = f"sha256={digest}"
        for attempt in tenacity.Retrying(
            stop=tenacity.stop_after_attempt(MAX_ATTEMPTS)
            | tenacity.stop_when_event_set(self._giving_up),
            wait=tenacity.wait_random_exponential(multiplier=0.5, max=5),
            sleep=sleep_using_event(self._giving_up),
            retry=tenacity.retry_if_exception(_may_pass),
            reraise=True,
        ):
            # The status says enough, so the body is not read; it could be of any length.
            with (
                attempt,
                client.stream("POST", self._url, content=event.body, headers=headers) as response,
            ):
                if not response.is_success:
                    raise httpx.HTTPStatusError(
                        "not accepted", request=response.request, response=response
                    )


def _may_pass(error: BaseException) -> bool:
    """Whether another attempt may help: not after a final refusal or with an invalid URL."""
    if isinstance(error, httpx.HTTPStatusError):
        return may_pass(error.response)
    return isinstance(error, httpx.HTTPError) and not isinstance(error, DeadEndError)


def _reason(error: Exception) -> str:
    """A reason without any part of the URL, which may hold a secret: the ledger keeps it."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"answered {error.response.status_code}"
    if isinstance(error, DeadEndError):
        return f"{error.reason}. {error.hint}"
    return type(error).__name__
