"""The ledger's nouns: one entry, and what all entries together say about the past."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import Field, JsonValue

from reconciler.model.base import Frozen, parsed_json, sha256_of
from reconciler.model.change import Action
from reconciler.model.endpoint import Endpoint
from reconciler.model.gate import Rejection
from reconciler.model.slot import CanonicalSlot, SlotContent

_COMMON = ("timestamp", "run_id", "seq", "event", "prev_hash", "hash")
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3}|\.\d{6})?Z", re.ASCII)
_EVENT = re.compile(r"[a-z_]{1,64}")
_RUN_ID = re.compile(r"[!-~]{1,200}")
_HASH = re.compile(r"[!-~]{0,200}")
_MAX_SEQ = 2**53
_HALF_A_LINE = re.compile(rb'\{("[a-z_]*("(:(\S.*)?)?)?)?', re.DOTALL)
"""What a crash leaves of a first line: canonical JSON from its beginning."""
_RATES = ("success_rate", "baseline")


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
        """The entry on a parsed line. Raises KeyError or ValueError where it is not one."""
        common = {key: line[key] for key in _COMMON}
        data = {key: value for key, value in line.items() if key not in _COMMON}
        entry = cls(**common, data=data)
        entry._require_sound()
        return entry

    @property
    def moment(self) -> datetime:
        """When it was written, as an aware time."""
        return datetime.fromisoformat(self.timestamp.replace("Z", "+00:00"))

    def rate(self, key: str) -> float | None:
        """The fraction under this key; None where nothing was measured."""
        value = self.data.get(key)
        return float(value) if isinstance(value, (int, float)) else None

    def _require_sound(self) -> None:
        """Raises ValueError for what none of our runs writes, and no reader could use."""
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
    """The entry on a line, which is given without its line end; None where it is not one."""
    try:
        return Entry.from_line(parsed_json(raw))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None


def begins_as_ledger(content: bytes) -> bool:
    """Whether the first line is an object with the common keys, damaged or not, or what a crash
    leaves of one."""
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


class Stage(str, Enum):
    """How far an open change had come: the last entry that says so.

    REJECTED is one that is to be rolled back: by its own gate, or together with others.
    """

    STARTED = "started"
    APPLIED = "applied"
    REJECTED = "rejected"


class OpenChange(Frozen):
    """A change that a run began and never ended, as `change_started` recorded it.

    `before` is the slot as the tenant sent it, None where there was none. `stored` is what the
    tenant said that it stored in place of `after`, None where it did not say. `trained` says that
    the bot was trained since it was known to be stored. `reason` and `success_rate` are those of
    its rejection, or of the last one before it is judged `again`.
    """

    run_id: str
    slot_id: str
    action: Action
    before: Mapping[str, JsonValue] | None = None
    after: SlotContent | None = None
    stored: SlotContent | None = None
    baselines: Mapping[str, float] = Field(default_factory=dict)
    trigger_retrain: bool = True
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
        """The same, stored and neither trained nor judged, though a gate has rejected it before."""
        update = {"stage": Stage.APPLIED, "trained": False, "again": True}
        return self.model_copy(update=update)


class Applied(Frozen):
    """How our last change of a slot left it: with `content`, or with the slot as the tenant had
    sent it before (`former`). With both it is one of the two, with neither there is no slot."""

    content: SlotContent | None = None
    former: Mapping[str, JsonValue] | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a slot."""
        return self.content is not None or self.former is not None


class History(Frozen):
    """What the ledger knows, folded into a value.

    `rejected` maps the identity of a change to the rejection that still stands against it, and
    `stuck` that of a change that was to go with others and could not be rolled back.
    `ended_rejected` maps a slot id to our last change of it, where that was to be rolled back.
    `applied` maps a slot id to what our last change of it has left.
    `open_changes` maps a slot id to the change of it that was begun and never ended, in the order
    in which they were begun.
    `rolled_back` are the changes that were open beside those and have been rolled back: while any
    of them suffers still, those may be why.
    `protected` are the slots that a run's files protected, until a later run's files did not: a
    file that merely vanished lifts no protection.
    """

    rejected: Mapping[str, Rejection] = Field(default_factory=dict)
    stuck: Mapping[str, Rejection] = Field(default_factory=dict)
    ended_rejected: Mapping[str, OpenChange] = Field(default_factory=dict)
    applied: Mapping[str, Applied] = Field(default_factory=dict)
    open_changes: Mapping[str, OpenChange] = Field(default_factory=dict)
    rolled_back: Mapping[str, OpenChange] = Field(default_factory=dict)
    protected: frozenset[str] = frozenset()


def change_identity(
    endpoint: Endpoint, *, slot_id: str, after: SlotContent | CanonicalSlot | None
) -> str:
    """Hex SHA-256 over origin, bot, slot id and the five fields after: the same change again."""
    canonical = after.canonical() if isinstance(after, SlotContent) else after
    content = canonical.model_dump(mode="json") if canonical else None
    return sha256_of([endpoint.origin, endpoint.bot_id, slot_id, content])
