"""The ledger's nouns: one entry, and what all entries together say about the past."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import Field, JsonValue, ValidationError

from reconciler.model.bake import FailedBake, Probation
from reconciler.model.base import Frozen, parsed_json, sha256_of
from reconciler.model.change import Action
from reconciler.model.content import SlotContent
from reconciler.model.endpoint import Endpoint, Kind
from reconciler.model.gate import Rejection

_COMMON = ("timestamp", "run_id", "seq", "event", "prev_hash", "hash")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3}|\.\d{6})?Z", re.ASCII)
_EVENT = re.compile(r"[a-z_]{1,64}")
_RUN_ID = re.compile(r"[!-~]{1,200}")
_HASH = re.compile(r"[!-~]{0,200}")
_MAX_SEQ = 2**53
_HALF_A_LINE = re.compile(rb'\{("[a-z_]*("(:(\S.*)?)?)?)?', re.DOTALL)
"""What a crash can leave of a first line: the beginning of canonical JSON."""
_RATES = ("success_rate", "baseline", "min_success_rate")


class Entry(Frozen):
    """One line of the ledger: what every line has, and the event's own `data`."""

    timestamp: str
    run_id: str
    seq: int
    event: str
    prev_hash: str
    hash: str
    data: Mapping[str, JsonValue] = Field(default_factory=dict)

    @classmethod
    def from_line(cls, line: Mapping[str, Any]) -> Entry:
        """The entry on a parsed line. Raises KeyError or ValueError if the line is not an entry."""
        common = {key: line[key] for key in _COMMON}
        data = {key: value for key, value in line.items() if key not in _COMMON}
        entry = cls(**common, data=data)
        entry._require_sound()
        return entry

    @property
    def moment(self) -> datetime:
        """When it was written, as an aware time."""
        return datetime.fromisoformat(self.timestamp.replace("Z", "+00:00"))

    @property
    def target(self) -> Endpoint | None:
        """The endpoint of a run, on its first line; None if that says nothing usable."""
        try:
            endpoint = Endpoint.model_validate(self.data.get("target"))
        except ValidationError:
            return None
        return endpoint.model_copy(update={"kind": kind_in(self.data)})

    def rate(self, key: str) -> float | None:
        """The fraction under this key; None if nothing was measured."""
        value = self.data.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    def _require_sound(self) -> None:
        """Raises ValueError for a line that no run writes and no reader could use."""
        written_so = (
            _TIMESTAMP.fullmatch(self.timestamp)
            and _EVENT.fullmatch(self.event)
            and _RUN_ID.fullmatch(self.run_id)
            and _HASH.fullmatch(self.prev_hash)
            and _HASH.fullmatch(self.hash)
            and 0 < self.seq <= _MAX_SEQ
            and all(_is_rate(self.data.get(key)) for key in _RATES)
            and _are_rates(self.data.get("baselines"))
        )
        if not written_so:
            raise ValueError("no run writes a line like this")
        _ = self.moment  # the thirtieth of February


def parse_line(raw: bytes) -> Entry | None:
    """The entry on a line, which is given without its line end; None if it is not an entry."""
    try:
        return Entry.from_line(parsed_json(raw))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def begins_as_ledger(content: bytes) -> bool:
    """Whether the first line is an object with the common keys, even a damaged one, or what a crash
    can leave of such a line."""
    first, newline, _ = content.partition(b"\n")
    try:
        return bool(parsed_json(first).keys() >= set(_COMMON))
    except (ValueError, AttributeError, RecursionError) as error:
        half = not newline and isinstance(error, (json.JSONDecodeError, UnicodeDecodeError))
        return half and _HALF_A_LINE.fullmatch(first) is not None


def _is_rate(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _are_rates(value: object) -> bool:
    return not isinstance(value, dict) or all(map(_is_rate, value.values()))


def line_hash(line: Mapping[str, Any]) -> str:
    """Hex SHA-256 over the canonical JSON of a line without its `hash`."""
    return sha256_of({key: value for key, value in line.items() if key != "hash"})


def text_in(data: Mapping[str, JsonValue], key: str) -> str | None:
    """The text under this key; None if there is nothing that says anything."""
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def kind_in(data: Mapping[str, JsonValue]) -> Kind:
    """What the id of a run's target is the id of; older versions did not record it."""
    return "project" if data.get("kind") == "project" else "bot"


def counts_in(data: Mapping[str, JsonValue], key: str) -> dict[str, int]:
    """The counts under this key by what they count, zeros left out."""
    counts = data.get(key)
    return {
        name: count
        for name, count in (counts.items() if isinstance(counts, dict) else ())
        if isinstance(count, int) and not isinstance(count, bool) and count
    }


class Stage(str, Enum):
    """How far an open change got, by its last entry.

    A REJECTED change must be rolled back: alone because its gate failed, or together with others.
    """

    STARTED = "started"
    APPLIED = "applied"
    REJECTED = "rejected"


class OpenChange(Frozen):
    """A change that a run started and never ended, as `change_started` recorded it.

    `before` is the slot as the tenant sent it, None if there was none. `stored` is what the tenant
    said it stored instead of `after`, None if it did not say. `trained` says that the bot was
    trained after the change was known to be stored. `reason` and `success_rate` are those of its
    rejection; of the last rejection, if it is to be judged `again`. `managed` are the fields of
    `after` that its file stated; None for all of them, and where an older version recorded it.
    """

    run_id: str
    slot_id: str
    action: Action
    before: Mapping[str, JsonValue] | None = None
    after: SlotContent | None = None
    stored: SlotContent | None = None
    baselines: Mapping[str, float] = Field(default_factory=dict)
    trigger_retrain: bool = True
    managed: tuple[str, ...] | None = None
    identity: str = ""
    trained: bool = False
    stage: Stage = Stage.STARTED
    reason: str = ""
    success_rate: float | None = None
    again: bool = False

    @property
    def live(self) -> SlotContent | None:
        """What is live once the change is stored; None for a deletion."""
        return self.stored or self.after

    def to_judge_again(self) -> OpenChange:
        """The same change, stored but neither trained nor judged, although a gate rejected it."""
        update = {"stage": Stage.APPLIED, "trained": False, "again": True}
        return self.model_copy(update=update)


class Applied(Frozen):
    """A slot as our last change left it: `content`, or the slot as the tenant had sent it before
    (`former`). If both are set, it is one of the two; if neither is, there is no slot."""

    content: SlotContent | None = None
    former: Mapping[str, JsonValue] | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a slot."""
        return self.content is not None or self.former is not None


class History(Frozen):
    """What the ledger knows, folded into a value.

    `rejected` and `stuck` map the identity of a change to its rejection, until a gate passes the
    same change. A gate has rejected those in `rejected`: they are skipped until someone asks for a
    retry. Those in `stuck` had to be rolled back, for their own gate or together with others, but
    may still be live: they only matter while the slot has that content.
    `ended_rejected` maps a slot id to our last change of it, if that one had to be rolled back.
    `applied` maps a slot id to the slot as our last change left it.
    `open_changes` maps a slot id to the change of it that was started and never ended, in the order
    of their starts.
    `rolled_back` are changes that were open along with those and have been rolled back: if an open
    one still suffers, they may be the reason.
    `on_probation` maps a slot id to the change of it that its gate let stand and whose bake has no
    verdict. `failed_bakes` maps a slot id to the change of it that is in `rejected` because its
    bake failed, until the slot is changed or judged again.
    `protected` are the slots that the files of a run protected, until those of a later run did
    not: deleting the file does not lift the protection.
    """

    rejected: Mapping[str, Rejection] = Field(default_factory=dict)
    stuck: Mapping[str, Rejection] = Field(default_factory=dict)
    ended_rejected: Mapping[str, OpenChange] = Field(default_factory=dict)
    applied: Mapping[str, Applied] = Field(default_factory=dict)
    open_changes: Mapping[str, OpenChange] = Field(default_factory=dict)
    rolled_back: Mapping[str, OpenChange] = Field(default_factory=dict)
    on_probation: Mapping[str, Probation] = Field(default_factory=dict)
    failed_bakes: Mapping[str, FailedBake] = Field(default_factory=dict)
    protected: frozenset[str] = frozenset()


def change_identity(
    endpoint: Endpoint,
    *,
    slot_id: str,
    after: SlotContent | None,
    managed: Collection[str] | None = None,
) -> str:
    """Hex SHA-256 over origin, bot, slot id and the fields after the change that its file manages,
    None for all of them: if it equals that of an earlier change, this is the same one again."""
    content = _managed_content(after, managed)
    return sha256_of([endpoint.origin, endpoint.bot_id, slot_id, content])


def content_identity(
    *, slot_id: str, after: SlotContent | None, managed: Collection[str] | None = None
) -> str:
    """The same without the endpoint, so that it is equal for the same change in any target."""
    return sha256_of([slot_id, _managed_content(after, managed)])


def _managed_content(
    after: SlotContent | None, managed: Collection[str] | None
) -> dict[str, JsonValue] | None:
    canonical = after.canonical() if isinstance(after, SlotContent) else after
    content = canonical.as_json() if canonical else None
    if content is not None and managed is not None:
        return {name: value for name, value in content.items() if name in managed}
    return content
