"""The embedded tenant: requests in, responses out, without a web framework.

    POST   /oauth/token
    GET    /api/v1/slots
    GET    /api/v1/slots/{slotId}
    PUT    /api/v1/slots/{slotId}
    DELETE /api/v1/slots/{slotId}
    GET    /api/v1/bots/{botId}/analytics/slots/{slotId}/extraction

A request is checked in this order: the quota (429), the route (404, 405), the token and its scope
(401), the owner of the slot (403), the body (400, 422), the slot itself (404, 409, 412).
"""

from __future__ import annotations

import re
import threading
from collections import deque
from typing import Any

from reconciler.ports import Clock
from reconciler.sandbox.messages import (
    REMEMBERED_REQUESTS,
    Refused,
    Request,
    RequestRecord,
    Response,
    json_response,
)
from reconciler.sandbox.quota import Quota
from reconciler.sandbox.routing import Handler, chosen, number
from reconciler.sandbox.v1.access import Access
from reconciler.sandbox.v1.bot import Bot
from reconciler.sandbox.v1.corpus import Corpus
from reconciler.sandbox.v1.pages import Pages
from reconciler.sandbox.v1.patterns import TrainingFailed
from reconciler.sandbox.v1.replica import Replica
from reconciler.sandbox.v1.settings import READ_BOTS, RETRAIN, WRITE_SLOTS, SandboxSettings
from reconciler.sandbox.v1.slots import Document, check_dependencies, normalized, parse_put
from reconciler.sandbox.v1.store import Store, StoredSlot

_TOKEN = re.compile(r"/oauth/token")
_LISTING = re.compile(r"/api/v1/slots/?")
_SLOT = re.compile(r"/api/v1/slots/([^/]+)")
_EXTRACTION = re.compile(r"/api/v1/bots/([^/]+)/analytics/slots/([^/]+)/extraction")

# The settings decide the length of the window, whichever of these a request names.
TIME_RANGES = ("last1h", "last24h", "last7d", "last30d")


class SandboxTenant:
    """A tenant that behaves like the real one. Thread-safe; it never sleeps.

    `requests` holds the last ten thousand requests, oldest first.
    """

    def __init__(
        self, *, clock: Clock, settings: SandboxSettings, store: Store, corpus: Corpus
    ) -> None:
        """Serve what the store was last trained on, or all it holds if it was never trained.

        Raises `TrainingFailed` if that cannot be trained.
        """
        self.requests: deque[RequestRecord] = deque(maxlen=REMEMBERED_REQUESTS)
        self._lock = threading.RLock()
        self._clock = clock
        self._settings = settings
        self._store = store
        self._replica = Replica(store, clock=clock, lag_seconds=settings.read_lag_seconds)
        self._pages = Pages(settings)
        self._quota = Quota(
            requests=settings.requests_per_minute,
            window_seconds=60.0,
            retry_after=settings.retry_after,
        )
        self._access = Access(settings.clients, lifetime_seconds=settings.token_lifetime_seconds)
        trained = store.trained()
        self._bot = Bot(
            self._trainable() if trained is None else trained,
            clock=clock,
            settings=settings,
            corpus=corpus,
        )
        store.save_trained(self._bot.trained)

    def handle(self, request: Request) -> Response:
        """Answer one request. Never raises: an error in the sandbox itself is a 500."""
        with self._lock:
            now = self._clock.monotonic()
            try:
                response = self._answer(request, now)
            except Refused as refused:
                response = json_response(
                    refused.status, {"error": refused.message}, refused.headers
                )
            except Exception as fault:  # noqa: BLE001 - like any server: one bad request must not end it
                response = json_response(500, {"error": f"the sandbox failed: {fault!r}"})
            self.requests.append(RequestRecord.of(request, response, at=now))
            return response

    def edit(self, slot_id: str, **fields: Any) -> None:
        """Edit a live slot as someone in the console does, and retrain.

        The fields have the API's names, or unknown ones. Raises `KeyError` for an unknown slot,
        and `TrainingFailed` if the edit, although stored, cannot be trained.
        """
        with self._lock:
            stored = self._store.get(slot_id)
            if stored is None:
                raise KeyError(slot_id)
            self._store.put({**stored.document, **fields})
            self._replica.record()
            self._train()

    def slot(self, slot_id: str) -> Document | None:
        """One slot as stored, or None."""
        stored = self._store.get(slot_id)
        return None if stored is None else stored.document

    def slots(self) -> list[Document]:
        """Every slot as stored, in the order of the listing."""
        return [stored.document for stored in self._store.slots()]

    def _answer(self, request: Request, now: float) -> Response:
        self._quota.count(now)
        if _TOKEN.fullmatch(request.path):
            chosen(request, {"POST": self._access.token})
            return self._access.token(request, now=now)
        if _LISTING.fullmatch(request.path):
            chosen(request, {"GET": self._list})
            self._access.require(request, READ_BOTS, now=now)
            return self._list(request)
        if found := _SLOT.fullmatch(request.path):
            handler = self._chosen_for_slot(request)
            scope = READ_BOTS if request.method == "GET" else WRITE_SLOTS
            self._access.require(request, scope, now=now)
            return handler(request, found[1])
        if found := _EXTRACTION.fullmatch(request.path):
            chosen(request, {"GET": self._measure})
            self._access.require(request, READ_BOTS, now=now)
            return self._measure(request, bot_id=found[1], slot_id=found[2])
        raise Refused(404, f"no such route: {request.path}")

    def _chosen_for_slot(self, request: Request) -> Handler:
        handlers: dict[str, Handler] = {"PUT": self._put}
        if self._settings.single_get:
            handlers["GET"] = self._get
        if self._settings.delete:
            handlers["DELETE"] = self._delete
        return chosen(request, handlers, otherwise=self._settings.absent_route_status)

    def _list(self, request: Request) -> Response:
        limit = number(request, "limit", default=self._settings.page_limit, least=1)
        offset = number(request, "offset", default=0, least=0)
        if limit > self._settings.page_limit:
            # Clamping the limit would make a full page look like the last one.
            raise Refused(400, f"limit must be at most {self._settings.page_limit}, not {limit}")
        shown = [stored.document for stored in self._replica.slots()]
        page = self._pages.cut(shown, offset=offset, limit=limit)
        return json_response(200, {"data": page})

    def _get(self, request: Request, slot_id: str) -> Response:
        shown = {stored.slot_id: stored for stored in self._replica.slots()}
        stored = shown.get(slot_id)
        if stored is None:
            raise Refused(404, f"no such slot: {slot_id}")
        return json_response(200, stored.document, self._marked(self._etag(stored), request))

    def _put(self, request: Request, slot_id: str) -> Response:
        self._refuse_foreign(slot_id)
        replacement = parse_put(slot_id, request.body)
        if replacement.trigger_retrain:
            self._access.require(request, RETRAIN, now=self._clock.monotonic())
        before = self._store.get(slot_id)
        if before is None and not self._settings.create_on_put:
            raise Refused(404, f"no such slot: {slot_id}")
        self._check_precondition(request, before)
        existing = {stored.slot_id for stored in self._store.slots()}
        check_dependencies(replacement.document, existing=existing)
        document = replacement.document
        stored = self._store.put(normalized(document) if self._settings.normalizes else document)
        self._replica.record()
        if replacement.trigger_retrain:
            try:
                self._train()
            except TrainingFailed as failure:
                raise Refused(500, f"retraining failed: {failure}") from None
        if self._settings.put_response == 204:
            return Response(204, self._etag(stored))
        return json_response(200, stored.document, self._etag(stored))

    def _delete(self, request: Request, slot_id: str) -> Response:
        self._refuse_foreign(slot_id)
        self._check_precondition(request, self._existing(slot_id))
        dependents = [
            document["slotId"]
            for document in self.slots()
            if slot_id in document["dependencies"] and document["slotId"] != slot_id
        ]
        if dependents:
            raise Refused(409, f"other slots depend on it: {', '.join(dependents)}")
        self._store.delete(slot_id)
        self._replica.record()
        self._bot.forget(slot_id)
        self._store.save_trained(self._bot.trained)
        return Response(204)

    def _measure(self, request: Request, *, bot_id: str, slot_id: str) -> Response:
        if request.query.get("metric") != "successRate":
            raise Refused(400, "metric must be successRate")
        if request.query.get("timeRange") not in TIME_RANGES:
            raise Refused(400, f"timeRange must be one of {', '.join(TIME_RANGES)}")
        if bot_id != self._settings.bot_id:
            raise Refused(404, f"no such bot: {bot_id}")
        self._existing(slot_id)
        measured = self._bot.measure(slot_id)
        if measured is None:
            raise Refused(404, "no metrics yet; retraining may still be running")
        samples = float(measured.samples) if self._settings.decimal_counts else measured.samples
        content = {"successRate": measured.success_rate, "sampleCount": samples}
        return json_response(200, content)

    def _train(self) -> None:
        self._bot.retrain(self._trainable())
        self._store.save_trained(self._bot.trained)

    def _trainable(self) -> list[Document]:
        # The listing has slots of other workspaces, but this bot is not trained on them.
        foreign = self._settings.foreign_slots
        return [document for document in self.slots() if document["slotId"] not in foreign]

    def _existing(self, slot_id: str) -> StoredSlot:
        stored = self._store.get(slot_id)
        if stored is None:
            raise Refused(404, f"no such slot: {slot_id}")
        return stored

    def _refuse_foreign(self, slot_id: str) -> None:
        if slot_id in self._settings.foreign_slots:
            raise Refused(403, f"{slot_id} belongs to another bot's workspace")

    def _etag(self, stored: StoredSlot) -> dict[str, str]:
        return {"etag": f'"{stored.version}"'} if self._settings.etag else {}

    def _marked(self, headers: dict[str, str], request: Request) -> dict[str, str]:
        """As sent by a compressing server, which does not accept its own marks again."""
        compresses = "gzip" in request.headers.get("accept-encoding", "")
        mark = self._settings.etag_mark if compresses or self._settings.marks_identity else ""
        return {name: f'{value[:-1]}{mark}"' for name, value in headers.items()}

    def _check_precondition(self, request: Request, stored: StoredSlot | None) -> None:
        if not self._settings.etag:
            return
        if stored is not None and request.headers.get("if-none-match") == "*":
            raise Refused(412, "the slot exists, although If-None-Match requires that it does not")
        required = request.headers.get("if-match")
        if required is None:
            return
        accepted = {tag.strip() for tag in required.split(",")}
        if stored is None or not accepted & {"*", self._etag(stored)["etag"]}:
            raise Refused(412, "the slot is no longer the version in If-Match")
