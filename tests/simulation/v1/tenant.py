"""A model of a bot over version 1.

A slot's success rate follows from the patterns that the bot was last trained with: each pattern
says how good it is, so a slot that is stored but not trained keeps its rate.

    ^good 7$              0.95
    ^fair 7$              0.90, as far below good as `max_drop` allows
    ^bad 7$               0.40
    ^thief of slot_2 7$   0.95, and lowers the rate of slot_2 by 0.50
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import httpx

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.content import PatternContent, SlotContent
from reconciler.model.slot import DesiredSlot
from tests.simulation.calls import Call, Kind
from tests.simulation.faults import Fault
from tests.simulation.ledger_view import Intention, Line
from tests.simulation.scenario import Content, Document, Scenario
from tests.simulation.tenant import IN_USE, OURS, ModelTenant, Rate, Reply, Version
from tests.simulation.trace import Trace
from tests.simulation.v1.graph import Graph
from tests.support.clock import VirtualClock

RATES = {"good": 0.95, "fair": 0.90, "bad": 0.40, "thief": 0.95}
GOOD = ("good", "fair")
STOLEN = 0.50
LIES = (0.1, 0.5, 0.8)
BOT = "bot_1"
FIELDS = ("name", "type", "patterns", "fillStrategy", "dependencies")


@dataclass(frozen=True)
class Features:
    """Which optional parts of the API this tenant has, and how it responds."""

    single_get: bool
    etags: bool
    deletes: bool
    missing_status: int
    empty_answers: bool
    sample_counts: bool
    strict: bool
    read_lag: float
    normalizes: bool
    token_seconds: float
    training_seconds: float = 0.0


def _word(content: Content) -> str:
    return str(content[2][0]) if content else ""


def _steals_from(slot_id: str, content: Content) -> bool:
    return _word(content).startswith(f"^thief of {slot_id} ")


class ModelBot(ModelTenant):
    """A bot's slots, by their ids."""

    api = COGNIGY_V1
    prefix = "/api/v1"
    trains_apart = False

    def __init__(
        self,
        scenario: Scenario,
        *,
        clock: VirtualClock,
        trace: Trace,
    ) -> None:
        self._features: Features = scenario.features
        super().__init__(read_lag=self._features.read_lag, clock=clock)
        self._scenario = scenario
        self._dice = Random(f"tenant {scenario.seed}")
        self.is_strict = self._features.strict
        self.normalizes = self._features.normalizes
        for slot_id, document in scenario.live.items():
            self._begin_with(slot_id, document)
        self._graph = Graph(self)
        self._training_seconds = self._features.training_seconds
        self._model = {key: each.content for key, each in self.slots.items()}
        self._coming: dict[str, Content] | None = None
        self._trained_at = 0.0
        self._tokens = 0
        self._token_until = 0.0

    # --- storing and training

    @property
    def versions(self) -> Mapping[str, Version]:
        return {slot_id: versions[-1] for slot_id, versions in self._history.items()}

    def store(self, slot_id: str, document: Document, *, author: str, retrain: bool) -> None:
        self.replaced = self.versions.get(slot_id)
        self._write(slot_id, self._normalized(document), author=author)
        if retrain:
            self._train()

    def remove(self, slot_id: str, *, author: str) -> None:
        self.replaced = self.slots[slot_id]
        self._write(slot_id, None, author=author)
        self._settle()
        self._model.pop(slot_id, None)
        if self._coming is not None:
            self._coming.pop(slot_id, None)

    def _normalized(self, document: Document) -> Document:
        if not self.normalizes:
            return document
        return {**document, "patterns": [each.strip() for each in document["patterns"]]}

    def _train(self) -> None:
        """Start training everything that is stored now."""
        self._settle()
        self._coming = {key: each.content for key, each in self.slots.items()}
        self._trained_at = self._clock.monotonic() + self._training_seconds

    def calm_down(self) -> None:
        self._training_seconds = 2.0
        self._trained_at = self._clock.monotonic()
        self._settle()

    def _settle(self) -> None:
        if self._coming is not None and self._clock.monotonic() >= self._trained_at:
            self._model, self._coming = self._coming, None

    def users_of(self, slot_id: str) -> Collection[str]:
        return [key for key, each in self.slots.items() if slot_id in each.document["dependencies"]]

    def is_good(self, slot_id: str) -> bool:
        is_robbed = any(_steals_from(slot_id, each.content) for each in self.slots.values())
        return self._scenario.qualities.get(slot_id) in GOOD and not is_robbed

    def is_judged_alone(self, slot_id: str) -> bool:
        """A thief passes while its victim has no baseline."""
        return self._scenario.qualities.get(slot_id) != "thief"

    def require_sound(self, change: Intention) -> None:
        self._graph.check(change)

    def _rate(self, slot_id: str) -> Rate | None:
        self._settle()
        if self._coming is not None or slot_id not in self.slots or slot_id not in self._model:
            return None
        value = RATES[_word(self._model[slot_id]).split()[0].lstrip("^")]
        for content in self._model.values():
            if _steals_from(slot_id, content):
                value = max(0.0, value - STOLEN)
        return Rate(value=round(value, 2), trained=self._model[slot_id], moment=self.moment)

    # --- contents and documents

    @staticmethod
    def canonical(document: Mapping[str, Any] | None) -> Content:
        """The five fields: dependencies are a set, patterns a list."""
        if not document:
            return None
        return (
            document.get("name"),
            document.get("type"),
            tuple(document.get("patterns") or ()),
            document.get("fillStrategy"),
            tuple(sorted(set(document.get("dependencies") or ()))),
        )

    @staticmethod
    def content_of(fields: Line) -> Content:
        return (
            fields["name"],
            fields["type"],
            tuple(fields["patterns"]),
            fields["fill_strategy"],
            tuple(sorted(set(fields["dependencies"]))),
        )

    def described(self, slot_id: str) -> SlotContent:
        return content_of(self.slots[slot_id].document)

    def edited(self, content: SlotContent) -> SlotContent:
        return _with_patterns(content, [f"{each} once" for each in content.patterns])

    def as_stored(self, content: SlotContent) -> SlotContent:
        if not self.normalizes:
            return content
        return _with_patterns(content, [each.strip() for each in content.patterns])

    def of_others(self, slot_id: str, *, serial: int, dice: Random) -> Document:
        live = [each for each in sorted(self.slots) if each != slot_id]
        count = min(len(live), dice.choice((0, 1, 1, 2)))
        return {
            "slotId": slot_id,
            "name": slot_id,
            "type": "regex",
            "patterns": [f"^good {1000 + serial}$"],
            "fillStrategy": "fuzzy",
            "dependencies": dice.sample(live, count),
        }

    def with_content(self, document: Document, content: SlotContent) -> Document:
        return {
            **document,
            "patterns": list(content.patterns),
            "fillStrategy": content.fill_strategy,
            "dependencies": list(reversed(content.dependencies)),
        }

    def is_as_desired(self, slot: DesiredSlot) -> bool:
        if slot.content is None:
            return self.live(slot.slot_id) is None
        return self.live(slot.slot_id) == self.content_of(self.as_stored(slot.content).as_json())

    # --- the API

    def call(self, request: httpx.Request) -> Call:
        *_, parent, last = request.url.path.split("/")
        if last == "token":
            return Call(Kind.TOKEN)
        if last == "extraction":
            return Call(Kind.MEASURE, parent)
        if last == "slots":
            return Call(Kind.READ)
        kinds = {"PUT": Kind.STORE, "DELETE": Kind.DELETE}
        return Call(kinds.get(request.method, Kind.READ), last)

    def leads_to(self, request: httpx.Request, content: Content) -> bool:
        sent = json.loads(request.content) if request.method == "PUT" else None
        return self.canonical(sent) == content

    def handle(self, request: httpx.Request, *, fault: Fault | None) -> Reply:
        call = self.call(request)
        if call.kind is Kind.TOKEN:
            return self._grant()
        if fault is Fault.TOKEN_EXPIRED:
            self._token_until = 0.0
        if not self._is_authorised(request):
            return Reply(401, {"error": "the token is not valid"})
        if call.kind is Kind.MEASURE:
            return self._measure(call.slot_id, is_lie=fault is Fault.METRICS_FLAPPING)
        if not call.slot_id:
            return self._list(request)
        if call.kind is Kind.STORE:
            return self._put(request, call.slot_id, trains=fault is not Fault.RETRAINING_FAILED)
        return self._read_or_delete(call)

    def _read_or_delete(self, call: Call) -> Reply:
        if call.kind is Kind.READ and self._features.single_get:
            return self._read(call.slot_id)
        if call.kind is Kind.DELETE and self._features.deletes:
            return self._delete(call.slot_id)
        return Reply(self._features.missing_status, {"error": "no such route"})

    def _grant(self) -> Reply:
        self._tokens += 1
        self._token_until = self._clock.monotonic() + self._features.token_seconds
        return Reply(
            200,
            {"access_token": f"token-{self._tokens}", "expires_in": self._features.token_seconds},
        )

    def _is_authorised(self, request: httpx.Request) -> bool:
        return (
            self._clock.monotonic() < self._token_until
            and request.headers.get("Authorization") == f"Bearer token-{self._tokens}"
        )

    def _list(self, request: httpx.Request) -> Reply:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        visible = map(self._visible, self._history)
        there = [each.document for each in visible if each and each.content]
        page = there[offset : offset + limit]
        return Reply(
            200,
            {"data": page},
            moment=self._visible_moment,
            shows=[each["slotId"] for each in page],
            lists_all=len(page) == len(there),
        )

    def _read(self, slot_id: str) -> Reply:
        version = self._visible(slot_id) if slot_id in self._history else None
        moment = self._visible_moment
        if version is None or version.content is None:
            return Reply(404, {"error": "no such slot"}, moment=moment, shows=[slot_id])
        headers = {"ETag": f'"{version.moment}"'} if self._features.etags else {}
        return Reply(200, version.document, headers, moment=moment, shows=[slot_id])

    def _put(self, request: httpx.Request, slot_id: str, *, trains: bool) -> Reply:
        body = json.loads(request.content)
        current = self.slots.get(slot_id)
        condition = request.headers.get("If-Match")
        if (
            self._features.etags
            and condition is not None
            and (current is None or condition != f'"{current.moment}"')
        ):
            return Reply(412, {"error": "the version has changed"})
        if self._features.etags and current and request.headers.get("If-None-Match") == "*":
            return Reply(412, {"error": "it already exists"})
        missing = [each for each in body["dependencies"] if each not in self.slots]
        if self.is_strict and missing:
            return Reply(400, {"error": f"no such slot: {', '.join(missing)}"})
        document = {"slotId": slot_id, **{key: body[key] for key in FIELDS}}
        retrain = body["triggerRetrain"]
        self.store(slot_id, document, author=OURS, retrain=retrain and trains)
        if retrain and not trains:
            return Reply(500, {"error": "retraining failed"})
        if self._features.empty_answers:
            return Reply(204)
        return Reply(200, self.slots[slot_id].document)

    def _delete(self, slot_id: str) -> Reply:
        if slot_id not in self.slots:
            return Reply(404, {"error": "no such slot"})
        if self.is_strict and self.users_of(slot_id):
            return Reply(409, {"error": IN_USE})
        self.remove(slot_id, author=OURS)
        return Reply(204) if self._features.empty_answers else Reply(200, {})

    def _measure(self, slot_id: str, *, is_lie: bool) -> Reply:
        rate = self._rate(slot_id)
        if rate is None:
            return Reply(404, {"error": "not available yet"})
        if is_lie:
            rate = replace(rate, value=self._dice.choice(LIES))
        body: dict[str, Any] = {"successRate": rate.value}
        if self._features.sample_counts:
            body["sampleCount"] = 50
        return Reply(200, body, rates={slot_id: rate})


def content_of(document: Document) -> PatternContent:
    """The same slot as a file describes it."""
    return PatternContent(
        name=document["name"],
        type=document["type"],
        patterns=tuple(document["patterns"]),
        fill_strategy=document["fillStrategy"],
        dependencies=tuple(document["dependencies"]),
    )


def _with_patterns(content: SlotContent, patterns: Sequence[str]) -> SlotContent:
    assert isinstance(content, PatternContent)
    return replace(content, patterns=tuple(patterns))
