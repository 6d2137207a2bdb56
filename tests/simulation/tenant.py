"""A model of the tenant, small enough to understand at a glance.

A slot's success rate follows from the patterns that the bot was last *trained* with: each pattern
says how good it is, so a slot that is stored but not trained keeps its rate.

    ^good 7$              0.95
    ^fair 7$              0.90, as far below good as `max_drop` allows
    ^bad 7$               0.40
    ^thief of slot_2 7$   0.95, and lowers the rate of slot_2 by 0.50
"""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from reconciler.model.content import CanonicalSlot
from tests.support.clock import VirtualClock

RATES = {"good": 0.95, "fair": 0.90, "bad": 0.40, "thief": 0.95}
STOLEN = 0.50
BOT = "bot_1"
IN_USE = "the slot is in use"
OURS, OTHERS, INITIAL = "ours", "others", "initial"
FIELDS = ("name", "type", "patterns", "fillStrategy", "dependencies")

Document = dict[str, Any]
Content = tuple[Any, ...] | None


@dataclass(frozen=True)
class Features:
    """Which optional parts of the API this tenant has, and how it responds."""

    single_get: bool = True
    etags: bool = True
    deletes: bool = True
    missing_status: int = 404
    empty_answers: bool = False
    sample_counts: bool = False
    strict: bool = True
    read_lag: float = 0.0
    normalizes: bool = False
    token_seconds: float = 3600.0


@dataclass(frozen=True)
class Version:
    """A slot as stored: by whom, and at which moment in the order of all writes."""

    document: Document
    author: str
    moment: int

    @property
    def content(self) -> Content:
        """The five fields in canonical form."""
        return canonical(self.document)


def canonical(document: Mapping[str, Any]) -> Content:
    """The five fields in canonical form: dependencies are a set, patterns a list. None for an empty
    document, which stands for an absent slot."""
    if not document:
        return None
    return (
        document.get("name"),
        document.get("type"),
        tuple(document.get("patterns") or ()),
        document.get("fillStrategy"),
        tuple(sorted(set(document.get("dependencies") or ()))),
    )


def normalized(content: Content) -> Content:
    """As a tenant that normalizes stores it: patterns are stripped."""
    if content is None:
        return None
    name, kind, patterns, *rest = content
    return (name, kind, tuple(each.strip() for each in patterns), *rest)


def content_of(slot: CanonicalSlot | None) -> Content:
    """Our canonical slot in the same form."""
    if slot is None:
        return None
    return (slot.name, slot.type, slot.patterns, slot.fill_strategy, slot.dependencies)


def _pattern(content: Content) -> str:
    return str(content[2][0]) if content else ""


def _steals_from(slot_id: str, content: Content) -> bool:
    return _pattern(content).startswith(f"^thief of {slot_id} ")


@dataclass(frozen=True)
class Rate:
    """A measurement; `of_stored` says whether the model was trained with the stored slot."""

    value: float
    of_stored: bool
    moment: int


@dataclass(frozen=True)
class Reply:
    """A response, and what its receiver knows from then on."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    shows: Mapping[str, Version | None] = field(default_factory=dict)
    is_listing: bool = False
    lists_all: bool = False
    rate: tuple[str, Rate] | None = None
    moment: int = 0

    def response(self) -> httpx.Response:
        """The response as it goes over the wire."""
        content = b"" if self.body is None else json.dumps(self.body).encode()
        return httpx.Response(
            self.status,
            content=content,
            headers={"Content-Type": "application/json", **self.headers},
        )


@dataclass(frozen=True)
class _State:
    """The slots from `at` on."""

    at: float
    moment: int
    slots: Mapping[str, Version]


class ModelTenant:
    """Slots, their training, and the routes. It refuses only what the API refuses."""

    def __init__(
        self, live: Mapping[str, Document], *, features: Features, clock: VirtualClock
    ) -> None:
        self.features = features
        self.training_seconds = 0.0
        self.slots = {key: Version(document, INITIAL, 0) for key, document in live.items()}
        self.gone: dict[str, Version] = {}
        """The deleted slots: empty documents, whose authors deleted them."""
        self.moment = 0
        self.replaced: Version | None = None
        """What the last write replaced: a slot, or its absence (an empty document)."""
        self._clock = clock
        self._shown: deque[_State] = deque([_State(-math.inf, 0, dict(self.slots))])
        self._model = {key: each.content for key, each in self.slots.items()}
        self._coming: dict[str, Content] | None = None
        self._trained_at = 0.0
        self._tokens = 0
        self._token_until = 0.0

    # --- storing and training

    def store(self, slot_id: str, document: Document, *, author: str, retrain: bool) -> None:
        """Store the whole slot."""
        self.replaced = self.version(slot_id)
        self.moment += 1
        self.slots[slot_id] = Version(self._as_stored(document), author, self.moment)
        self.gone.pop(slot_id, None)
        self._remember()
        if retrain:
            self.train()

    def remove(self, slot_id: str, *, author: str) -> None:
        """Delete the slot, also from the model."""
        self.replaced = self.slots.pop(slot_id)
        self.moment += 1
        self.gone[slot_id] = Version({}, author, self.moment)
        self._remember()
        self._settle()
        self._model.pop(slot_id, None)
        if self._coming is not None:
            self._coming.pop(slot_id, None)

    def stored(self, content: Content) -> Content:
        """This content as this tenant stores it."""
        return normalized(content) if self.features.normalizes else content

    def _as_stored(self, document: Document) -> Document:
        if not self.features.normalizes:
            return document
        return {**document, "patterns": [each.strip() for each in document["patterns"]]}

    def _remember(self) -> None:
        self._shown.append(_State(self._clock.monotonic(), self.moment, dict(self.slots)))

    def _read_state(self) -> _State:
        """What a read shows now: the slots of a while ago if reads lag."""
        shown = self._clock.monotonic() - self.features.read_lag
        while len(self._shown) > 1 and self._shown[1].at <= shown:
            self._shown.popleft()
        return self._shown[0]

    def version(self, slot_id: str) -> Version | None:
        """The slot, or its absence if someone deleted it; None if it never existed."""
        return self.slots.get(slot_id) or self.gone.get(slot_id)

    def train(self) -> None:
        """Start training everything that is stored now."""
        self._settle()
        self._coming = {key: each.content for key, each in self.slots.items()}
        self._trained_at = self._clock.monotonic() + self.training_seconds

    def finish_training(self) -> None:
        """Finish a running training at once."""
        self._trained_at = self._clock.monotonic()
        self._settle()

    def _settle(self) -> None:
        if self._coming is not None and self._clock.monotonic() >= self._trained_at:
            self._model, self._coming = self._coming, None

    def users_of(self, slot_id: str) -> list[str]:
        """The live slots that depend on it."""
        return [key for key, each in self.slots.items() if slot_id in each.document["dependencies"]]

    def is_robbed(self, slot_id: str) -> bool:
        """Whether a live slot steals from it."""
        return any(_steals_from(slot_id, each.content) for each in self.slots.values())

    def _rate(self, slot_id: str) -> Rate | None:
        self._settle()
        if self._coming is not None or slot_id not in self.slots or slot_id not in self._model:
            return None
        value = RATES[_pattern(self._model[slot_id]).split()[0].lstrip("^")]
        for content in self._model.values():
            if _steals_from(slot_id, content):
                value = max(0.0, value - STOLEN)
        of_stored = self._model[slot_id] == self.slots[slot_id].content
        return Rate(value=round(value, 2), of_stored=of_stored, moment=self.moment)

    # --- the API

    def revoke_token(self) -> None:
        """Invalidate the current token."""
        self._token_until = 0.0

    def handle(self, request: httpx.Request, *, trainable: bool = True) -> Reply:
        """Respond to one request. Unless `trainable`, store the slot, but fail to retrain."""
        path = request.url.path
        if path == "/oauth/token":
            return self._grant()
        if not self._is_authorised(request):
            return Reply(401, {"error": "the token is not valid"})
        if path == "/api/v1/slots":
            return self._list(
                offset=int(request.url.params["offset"]), limit=int(request.url.params["limit"])
            )
        slot_id = path.rsplit("/", 1)[1]
        if path.startswith("/api/v1/slots/"):
            return self._slot(request, slot_id, trainable=trainable)
        return self._measure(path.split("/")[-2])

    def _grant(self) -> Reply:
        self._tokens += 1
        self._token_until = self._clock.monotonic() + self.features.token_seconds
        return Reply(
            200,
            {"access_token": f"token-{self._tokens}", "expires_in": self.features.token_seconds},
        )

    def _is_authorised(self, request: httpx.Request) -> bool:
        return (
            self._clock.monotonic() < self._token_until
            and request.headers.get("Authorization") == f"Bearer token-{self._tokens}"
        )

    def _list(self, *, offset: int, limit: int) -> Reply:
        state = self._read_state()
        page = dict([*state.slots.items()][offset : offset + limit])
        return Reply(
            200,
            {"data": [dict(each.document) for each in page.values()]},
            shows=page,
            is_listing=True,
            lists_all=len(page) == len(state.slots),
            moment=state.moment,
        )

    def _slot(self, request: httpx.Request, slot_id: str, *, trainable: bool) -> Reply:
        if request.method == "GET" and self.features.single_get:
            return self._read(slot_id)
        if request.method == "PUT":
            return self._put(request, slot_id, trainable=trainable)
        if request.method == "DELETE" and self.features.deletes:
            return self._delete(slot_id)
        return Reply(self.features.missing_status, {"error": "no such route"})

    def _read(self, slot_id: str) -> Reply:
        state = self._read_state()
        version = state.slots.get(slot_id)
        shows = {slot_id: version}
        if version is None:
            return Reply(404, {"error": "no such slot"}, shows=shows, moment=state.moment)
        headers = {"ETag": f'"{version.moment}"'} if self.features.etags else {}
        return Reply(200, dict(version.document), headers, shows=shows, moment=state.moment)

    def _put(self, request: httpx.Request, slot_id: str, *, trainable: bool) -> Reply:
        body = json.loads(request.content)
        current = self.slots.get(slot_id)
        condition = request.headers.get("If-Match")
        if (
            self.features.etags
            and condition is not None
            and (current is None or condition != f'"{current.moment}"')
        ):
            return Reply(412, {"error": "the version has changed"})
        if self.features.etags and current and request.headers.get("If-None-Match") == "*":
            return Reply(412, {"error": "it already exists"})
        missing = [each for each in body["dependencies"] if each not in self.slots]
        if self.features.strict and missing:
            return Reply(400, {"error": f"no such slot: {', '.join(missing)}"})
        document = {"slotId": slot_id, **{key: body[key] for key in FIELDS}}
        retrain = body["triggerRetrain"]
        self.store(slot_id, document, author=OURS, retrain=retrain and trainable)
        if retrain and not trainable:
            return Reply(500, {"error": "retraining failed"})
        answered = dict(self.slots[slot_id].document)
        return Reply(204) if self.features.empty_answers else Reply(200, answered)

    def _delete(self, slot_id: str) -> Reply:
        if slot_id not in self.slots:
            return Reply(404, {"error": "no such slot"})
        if self.features.strict and self.users_of(slot_id):
            return Reply(409, {"error": IN_USE})
        self.remove(slot_id, author=OURS)
        return Reply(204) if self.features.empty_answers else Reply(200, {})

    def _measure(self, slot_id: str) -> Reply:
        rate = self._rate(slot_id)
        if rate is None:
            return Reply(404, {"error": "not available yet"})
        body: dict[str, Any] = {"successRate": rate.value}
        if self.features.sample_counts:
            body["sampleCount"] = 50
        return Reply(200, body, rate=(slot_id, rate), moment=self.moment)
