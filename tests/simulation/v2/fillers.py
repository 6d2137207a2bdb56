"""The fillers of the flows of a project, as the model of one has them.

What a filler does to the playbook's asserts, and when, is in `background`. All fillers of one name
are in one flow, and the name is the slot's id.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from typing import Any

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.content import FillerContent, SlotContent
from reconciler.model.slot import DesiredSlot
from tests.simulation.ledger_view import Intention, Line
from tests.simulation.scenario import Content, Document, Scenario
from tests.simulation.tenant import OTHERS, OURS, ModelTenant, Version
from tests.simulation.trace import Trace, Violation
from tests.simulation.v2.background import Background, Pace, broken
from tests.support.clock import VirtualClock

FIELDS = {
    "name": "name",
    "type": "type",
    "regex": "regex",
    "slot": "slot",
    "contextKey": "context_key",
    "profileKey": "profile_key",
    "resultLocation": "result_location",
    "additionalValidation": "additional_validation",
    "storeResultInContext": "store_result_in_context",
    "storeInContactProfile": "store_in_contact_profile",
    "storeDetailedResults": "store_detailed_results",
    "skipIfResultInContext": "skip_if_result_in_context",
    "usePositiveOnly": "use_positive_only",
}
"""Our name of each field, by the API's."""
SWITCHES = 5
"""How many of them, from the last, are on or off."""
ALWAYS_SENT = ("name", "type", "regex", "slot")
"""What an update sends even if it does not change it."""


@dataclass(frozen=True)
class Features:
    """How this tenant behaves where the description leaves it open, and where its fillers are: the
    flow of each, by name. Any other is in the first flow."""

    flows: tuple[str, ...]
    flow_of: Mapping[str, str]
    locales: int
    unique_names: bool
    empty_text: str
    patch_answers: bool
    page: int
    read_lag: float
    pace: Pace


class Fillers(ModelTenant):
    """The flows' fillers, by their ids, and what was trained."""

    api = COGNIGY_V2
    prefix = "/new/v2.0"
    trains_apart = True

    def __init__(self, scenario: Scenario, *, clock: VirtualClock, trace: Trace) -> None:
        self._features: Features = scenario.features
        super().__init__(read_lag=self._features.read_lag, clock=clock)
        self._scenario = scenario
        self._ids = map("{:024x}".format, count(1000))
        self._names: dict[str, str] = {}
        """Of all fillers that there ever were, by id."""
        self._flows = {f"{100 + n:024x}": name for n, name in enumerate(self._features.flows)}
        self._locales = [f"{200 + n:024x}" for n in range(self._features.locales)]
        self._asserted = sorted({*scenario.live, *scenario.desired})
        for name, document in scenario.live.items():
            self._begin_with(self._new(name), document)
        self._background = Background(
            self._features.pace,
            dice=Random(f"background {scenario.seed}"),
            clock=clock,
            trace=trace,
            moment=lambda: self.moment,
        )
        for flow in self._features.flows:
            for locale in self._locales:
                self._background.trained[flow, locale] = self._contents(flow)

    # --- storing and training

    def _new(self, name: str) -> str:
        key = next(self._ids)
        self._names[key] = name
        return key

    def _flow_of(self, name: str) -> str:
        return self._features.flow_of.get(name, self._features.flows[0])

    def _there(self, name: str) -> list[str]:
        """The live fillers of this name, by id; the last one is the newest."""
        named = [key for key, each in self._names.items() if each == name]
        live = [key for key in named if self._history[key][-1].content]
        return sorted(live, key=lambda key: self._history[key][-1].moment)

    @property
    def versions(self) -> Mapping[str, Version]:
        """What is there twice is like nothing that anyone asks for."""
        found = {}
        for name in dict.fromkeys(self._names.values()):
            named = [self._history[key][-1] for key, each in self._names.items() if each == name]
            live = [each for each in named if each.content]
            newest = max(live or named, key=lambda each: each.moment)
            both = sum((each.content or () for each in live), ())
            found[name] = replace(newest, content=both) if len(live) > 1 else newest
        return found

    def store(self, slot_id: str, document: Document, *, author: str, retrain: bool) -> None:
        there = self._there(slot_id)
        self._put(there[-1] if there else self._new(slot_id), document, author=author)

    def remove(self, slot_id: str, *, author: str) -> None:
        there = self._there(slot_id)
        foreign = [key for key in there if self._history[key][-1].author != OURS]
        self._put((foreign or there)[-1], None, author=author)

    def _put(self, key: str, document: Document | None, *, author: str) -> None:
        self.replaced = self._history[key][-1] if key in self._history else None
        self._write(key, document, author=author)

    def doubled(self) -> Collection[str]:
        return [name for name in dict.fromkeys(self._names.values()) if len(self._there(name)) > 1]

    def _contents(self, flow: str) -> Mapping[str, Content]:
        return {
            name: each.content for name, each in self.slots.items() if self._flow_of(name) == flow
        }

    def calm_down(self) -> None:
        self._read_lag = 0.0
        self._background.finish()
        self._background.pace = Pace()

    def trained(self, slot_id: str) -> Collection[Content]:
        self._background.finish()
        flow = self._flow_of(slot_id)
        return [self._background.trained[flow, each].get(slot_id) for each in self._locales]

    def untrained(self) -> str:
        for (flow, locale), trained in self._background.trained.items():
            live = self._contents(flow)
            if trained != live:
                return f"{flow} is trained on {trained} in {locale}, and {live} is live"
        return ""

    def is_good(self, slot_id: str) -> bool:
        """What is created must raise the rate where an assert fails anyway."""
        if self._scenario.desired[slot_id].is_absent:
            return True
        is_good = self._scenario.qualities[slot_id] == "good"
        contents = self._contents(self._flow_of(slot_id)).items()
        fails_anyway = any(broken(*each) for each in contents if each[0] != slot_id)
        return is_good and not fails_anyway and self.is_judged_alone(slot_id)

    def is_judged_alone(self, slot_id: str) -> bool:
        """In a wave, the asserts that fail because of one slot may accuse another, or nobody."""
        is_wave = self._scenario.settings.rollout.batch == "wave"
        blamed = {
            self._flow_of(each)
            for each, quality in self._scenario.qualities.items()
            if quality in ("rude", "thief")
        }
        return not is_wave or self._flow_of(slot_id) not in blamed

    def require_sound(self, change: Intention) -> None:
        """No two fillers of one name are made by us."""
        there = self._there(change.slot_id)
        if len([key for key in there if self._history[key][0].author == OURS]) > 1:
            raise Violation(1, f"we made two fillers called {change.slot_id}")

    # --- contents and documents

    @staticmethod
    def canonical(document: Mapping[str, Any] | None) -> Content:
        """An empty text is none, and no switch is off."""
        if document is None:
            return None
        values = [document.get(name) or None for name in FIELDS]
        return (*values[:-SWITCHES], *map(bool, values[-SWITCHES:]))

    @staticmethod
    def content_of(fields: Line) -> Content:
        return Fillers.canonical({theirs: fields[ours] for theirs, ours in FIELDS.items()})

    def described(self, slot_id: str) -> SlotContent:
        document = self.slots[slot_id].document
        fields = {ours: document.get(theirs) for theirs, ours in FIELDS.items()}
        return FillerContent(flow=self._flow_of(slot_id), **fields)  # type: ignore[arg-type]

    def edited(self, content: SlotContent) -> SlotContent:
        assert isinstance(content, FillerContent)
        return replace(content, regex=f"{str(content.regex)[:-1]} once/")

    def of_others(self, slot_id: str, *, serial: int, dice: Random) -> Document:
        there = self._there(slot_id)
        if there and dice.random() < 0.3:  # which no file manages, or some do
            document = self._history[there[-1]][-1].document
            return {**document, "resultLocation": f"foreign{serial}"}
        return {**filler(slot_id), "regex": f"/good foreign{serial}/"}

    def with_content(self, document: Document, content: SlotContent) -> Document:
        return {**document, **_managed(content)}

    def is_as_desired(self, slot: DesiredSlot) -> bool:
        there = self._there(slot.slot_id)
        if slot.content is None or len(there) != 1:
            return slot.content is None and not there
        document = self._history[there[0]][-1].document
        return _managed(slot.content).items() <= document.items()

    def beside(self, content: Content, change: Intention, *, now: Content) -> Content:
        """What someone else has put into fields that the change does not send stays there."""
        before, after = change.before, change.after
        if content is None or before is None or after is None or now is None:
            return content
        theirs = self._last_of_others(change.slot_id)
        ours = list(content)
        for index, name in enumerate(FIELDS):
            is_sent = name in ALWAYS_SENT or before[index] != after[index]
            if theirs is not None and not is_sent and now[index] == theirs[index]:
                ours[index] = theirs[index]
        return tuple(ours)

    def _last_of_others(self, slot_id: str) -> Content:
        """What someone else has last made of a slot, if anyone has."""
        theirs = [
            version
            for key, name in self._names.items()
            for version in self._history[key]
            if name == slot_id and version.author == OTHERS
        ]
        return max(theirs, key=lambda each: each.moment).content if theirs else None


def filler(name: str) -> Document:
    """The fields of any filler of this name, without its regex."""
    return {"name": name, "type": "regex", "contextKey": name, "storeResultInContext": True}


def _managed(content: SlotContent) -> Document:
    """The fields that a file manages, by the API's names."""
    fields = {theirs: getattr(content, ours) for theirs, ours in FIELDS.items()}
    return {name: value for name, value in fields.items() if value is not None}
