"""A bare client of the tenant: it sends exactly what the test asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from reconciler.sandbox.messages import Request, Response
from reconciler.sandbox.v1.corpus import Corpus, Utterance
from reconciler.sandbox.v1.settings import SandboxSettings
from reconciler.sandbox.v1.store import MemoryStore, Store
from reconciler.sandbox.v1.tenant import SandboxTenant
from tests.support.clock import VirtualClock

FRUIT = {
    "slotId": "slot_fruit",
    "name": "fruit",
    "type": "regex",
    "patterns": ["^apple$"],
    "fillStrategy": "bestMatch",
    "dependencies": [],
}
COLOUR = {**FRUIT, "slotId": "slot_colour", "name": "colour", "patterns": ["^red$"]}
FOREIGN = {**FRUIT, "slotId": "slot_foreign", "name": "foreign", "patterns": ["^foreign$"]}

CORPUS = Corpus(
    (
        Utterance("an apple", {"slot_fruit": "apple"}),
        Utterance("a pear", {"slot_fruit": "pear"}),
        Utterance("a red apple", {"slot_fruit": "apple", "slot_colour": "red"}),
        Utterance("nothing for me"),
    )
)


def put_body(document: Mapping[str, Any] = FRUIT, **changes: Any) -> dict[str, Any]:
    """The six fields of a PUT."""
    fields = {name: value for name, value in document.items() if name != "slotId"}
    return {**fields, "triggerRetrain": True, **changes}


class Caller:
    """A tenant with three slots under a virtual clock, and methods to call it."""

    def __init__(self, *, store: Store | None = None, **settings: Any) -> None:
        self.clock = VirtualClock()
        # Not zero: nothing may depend on the clock's origin.
        self.clock.advance(1000.0)
        defaults: dict[str, Any] = {
            "bot_id": "bot_1",
            "foreign_slots": frozenset({"slot_foreign"}),
            "training_seconds": 5.0,
            "window_seconds": 10.0,
            "traffic_per_second": 4.0,
        }
        self.settings = SandboxSettings(**{**defaults, **settings})
        if store is None:
            store = MemoryStore()
            for document in (FRUIT, COLOUR, FOREIGN):
                store.put(document)
        self.tenant = SandboxTenant(
            clock=self.clock, settings=self.settings, store=store, corpus=CORPUS
        )
        self.bearer = ""

    def token(self, **changes: str) -> Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.settings.client_id,
            "client_secret": self.settings.client_secret,
            "scope": "cognigy:slots:write cognigy:nlp:retrain cognigy:bots:read",
            **changes,
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(form).encode()
        return self.tenant.handle(Request("POST", "/oauth/token", headers=headers, body=body))

    def log_in(self, **changes: str) -> Caller:
        self.bearer = content(self.token(**changes))["access_token"]
        return self

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        sent = {"authorization": f"Bearer {self.bearer}", **(headers or {})}
        return self.tenant.handle(Request(method, path, query or {}, sent, raw))

    def get(self, slot_id: str = "slot_fruit") -> Response:
        return self.call("GET", f"/api/v1/slots/{slot_id}")

    def put(self, body: Any, slot_id: str = "slot_fruit", **headers: str) -> Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("PUT", f"/api/v1/slots/{slot_id}", body, headers=sent)

    def delete(self, slot_id: str) -> Response:
        return self.call("DELETE", f"/api/v1/slots/{slot_id}")

    def listing(self, **query: str) -> Response:
        return self.call("GET", "/api/v1/slots", query=query)

    def metrics(self, slot_id: str = "slot_fruit", bot: str = "bot_1", **query: str) -> Response:
        asked = {"timeRange": "last24h", "metric": "successRate", **query}
        path = f"/api/v1/bots/{bot}/analytics/slots/{slot_id}/extraction"
        return self.call("GET", path, query=asked)

    def wait_for_fresh_metrics(self) -> None:
        """Let the training end and the window fill with traffic served by the new model."""
        self.clock.advance(self.settings.training_seconds + self.settings.window_seconds)


def content(response: Response) -> Any:
    """The parsed body."""
    return json.loads(response.body)
