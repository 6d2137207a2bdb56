"""What a model of a tenant shows to the rest of the simulation, whichever API it has.

A model is small enough to understand at a glance, and refuses only what the API refuses. What a
slot does to the rates follows from what was last *trained*, not from what is stored.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar

import httpx

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.model.slot import DesiredSlot
from tests.simulation.calls import Call
from tests.simulation.faults import Fault
from tests.simulation.ledger_view import Intention, Line
from tests.simulation.scenario import Content, Document
from tests.support.clock import VirtualClock

OURS, OTHERS, INITIAL = "ours", "others", "initial"
IN_USE = "the slot is in use"
LONG_AGO = -1e9


@dataclass(frozen=True)
class Version:
    """A slot as stored, or its absence, without content: by whom, at which moment in the order of
    all writes, and when."""

    document: Document
    content: Content
    author: str
    moment: int
    at: float = LONG_AGO


@dataclass(frozen=True)
class Rate:
    """A measurement, made at `moment`, when the slot was trained as `trained`."""

    value: float
    trained: Content
    moment: int


@dataclass(frozen=True)
class Reply:
    """A response, and what its receiver knows from then on: `shows` are the slots that it shows,
    and those that it shows to be absent, as of `moment`; if it `lists_all`, no others are there."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    moment: int | None = None
    shows: Collection[str] = ()
    lists_all: bool = False
    rates: Mapping[str, Rate] = field(default_factory=dict)

    def response(self) -> httpx.Response:
        """The response as it goes over the wire."""
        content = b"" if self.body is None else json.dumps(self.body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        return httpx.Response(self.status, content=content, headers=headers)


class ModelTenant(ABC):
    """Slots, their training, and the routes. A key is what the API finds a slot by."""

    api: ClassVar[Api]
    prefix: ClassVar[str]
    """What every path of the API begins with."""
    trains_apart: ClassVar[bool]
    """Whether training takes a request of its own, after a deletion too."""
    is_strict = False
    """Whether it refuses a slot that names a missing one, and to delete one that is used."""
    normalizes = False
    """Whether it stores something else than it is sent."""

    def __init__(self, *, read_lag: float, clock: VirtualClock) -> None:
        self.moment = 0
        self.replaced: Version | None = None
        """What the last write replaced: a slot, or its absence."""
        self._read_lag = read_lag
        self._clock = clock
        self._history: dict[str, list[Version]] = {}
        """All versions of each slot, by its key."""

    # --- storing

    def _begin_with(self, key: str, document: Document) -> None:
        self._history[key] = [Version(document, self.canonical(document), INITIAL, 0)]

    def _write(self, key: str, document: Document | None, *, author: str) -> None:
        self.moment += 1
        version = Version(
            document or {},
            self.canonical(document) if document else None,
            author,
            self.moment,
            self._clock.monotonic(),
        )
        self._history.setdefault(key, []).append(version)

    def _visible(self, key: str) -> Version | None:
        """What a read shows now: a version of a while ago if reads lag."""
        until = self._clock.monotonic() - self._read_lag
        return next((each for each in reversed(self._history[key]) if each.at <= until), None)

    @property
    def _visible_moment(self) -> int:
        visible = map(self._visible, self._history)
        return max((each.moment for each in visible if each is not None), default=0)

    @property
    @abstractmethod
    def versions(self) -> Mapping[str, Version]:
        """The last version of every slot that there ever was, by slot id."""

    @property
    def slots(self) -> Mapping[str, Version]:
        """The live slots."""
        return {key: each for key, each in self.versions.items() if each.content is not None}

    def live(self, slot_id: str) -> Content:
        """The content of a slot; None if it is not live."""
        version = self.versions.get(slot_id)
        return version.content if version else None

    def is_foreign(self, slot_id: str, *, since: int = 0) -> bool:
        """Whether someone else has written or deleted the slot last, and after this moment."""
        version = self.versions.get(slot_id)
        return version is not None and version.author == OTHERS and version.moment > since

    @abstractmethod
    def store(self, slot_id: str, document: Document, *, author: str, retrain: bool) -> None:
        """Store the whole slot."""

    @abstractmethod
    def remove(self, slot_id: str, *, author: str) -> None:
        """Delete the slot."""

    # --- contents and documents

    @staticmethod
    @abstractmethod
    def canonical(document: Mapping[str, Any] | None) -> Content:
        """What is compared, of a slot as the API has it."""

    @staticmethod
    @abstractmethod
    def content_of(fields: Line) -> Content:
        """The same, of a slot's fields by our names."""

    @abstractmethod
    def described(self, slot_id: str) -> SlotContent:
        """A live slot as a file describes it."""

    @abstractmethod
    def edited(self, content: SlotContent) -> SlotContent:
        """Other content for a file, of the same quality."""

    def as_stored(self, content: SlotContent) -> SlotContent:
        """What a file should say for this content to be stored as it is."""
        return content

    @abstractmethod
    def of_others(self, slot_id: str, *, serial: int, dice: Random) -> Document:
        """What someone else makes of a slot, whether it is there or not."""

    @abstractmethod
    def with_content(self, document: Document, content: SlotContent) -> Document:
        """The document, with what a file asks for."""

    @abstractmethod
    def is_as_desired(self, slot: DesiredSlot) -> bool:
        """Whether what is live is what this file asks for."""

    def beside(self, content: Content, change: Intention, *, now: Content) -> Content:
        """Content that this change leaves, with what others may have put beside it by now."""
        return content

    # --- what the invariants ask

    @abstractmethod
    def require_sound(self, change: Intention) -> None:
        """Invariant 1, after the write of this change. Raises Violation."""

    @abstractmethod
    def is_good(self, slot_id: str) -> bool:
        """Whether no gate has a reason to reject what the seed asks for."""

    @abstractmethod
    def is_judged_alone(self, slot_id: str) -> bool:
        """Whether its verdict is the same whatever else was changed before, or is with it."""

    def users_of(self, slot_id: str) -> Collection[str]:
        """The live slots that depend on it, as far as the tenant knows."""
        return ()

    def doubled(self) -> Collection[str]:
        """The slots that somebody has created twice."""
        return ()

    def trained(self, slot_id: str) -> Collection[Content]:
        """What each training of this slot was done with, if they end before its change does."""
        return ()

    def untrained(self) -> str:
        """What is live and was not trained, if all that is live must be."""
        return ""

    # --- the API

    @abstractmethod
    def calm_down(self) -> None:
        """From now on, nothing goes wrong here or takes long."""

    @abstractmethod
    def call(self, request: httpx.Request) -> Call:
        """What this request is for."""

    @abstractmethod
    def leads_to(self, request: httpx.Request, content: Content) -> bool:
        """Whether a request brings about this content, as far as it says."""

    @abstractmethod
    def handle(self, request: httpx.Request, *, fault: Fault | None) -> Reply:
        """Carry out one request, amid this fault."""
