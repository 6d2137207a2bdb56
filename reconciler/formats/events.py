"""Events → the lines of `apply --events FILE`, and the JSON Schema of such a line.

A line has `version`, `timestamp` and `event`, `slot_id` where the event is about one slot, and the
event's own data. Consumers ignore events and keys that they do not know.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import Enum
from functools import singledispatch
from typing import Annotated, Any, Literal, get_args, get_type_hints

from pydantic import BaseModel, Field, TypeAdapter, create_model

from reconciler.formats.changes import endpoint_object
from reconciler.formats.outcome import Run, outcome_object, run_object
from reconciler.formats.reading import Count, Shape
from reconciler.model.base import rfc3339
from reconciler.model.change import Action, Change
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import ChangeBegun, ChangeEnded, Event, Wait
from reconciler.model.noticed import Noticed
from reconciler.model.outcome import Outcome, RunReport

VERSION = "1.0"
"""If a meaning changes, so does the major version."""
_KEYS = {"endpoint": "target"}
"""Fields that have another name in JSON."""
_TIMES = frozenset({"until", "deadline"})
"""Fields that are times of Clock.monotonic, which mean nothing elsewhere; in JSON, timestamps."""


class _Change(Shape):
    """A change, without its content: the plan has that."""

    slot_id: str
    name: str
    action: Action
    wave: Count


def event_line(noticed: Noticed) -> str:
    """One event as a line of JSON, which ends with a line break and is plain ASCII."""
    event = noticed.event
    slot_id = _slot_id(event)
    line = {
        "version": VERSION,
        "timestamp": rfc3339(noticed.at),
        "event": event_name(type(event)),
        **({"slot_id": slot_id} if slot_id is not None else {}),
        **dict(_data(event, at=noticed.at)),
    }
    return json.dumps(line) + "\n"


def events_schema() -> dict[str, Any]:
    """The JSON Schema of one line (draft 2020-12)."""
    lines: Any = tuple(_line_shape(kind) for kind in get_args(Event))
    union: Any = Annotated[_union(lines), Field(discriminator="event")]
    schema = TypeAdapter(union).json_schema()
    _open(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of reconciler apply --events",
        **schema,
    }


def event_name(kind: type) -> str:
    """What a kind of event is called in JSON: `ChangeBegun` is `change_begun`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def _slot_id(event: Event) -> str | None:
    if isinstance(event, ChangeBegun):
        return event.change.slot_id
    if isinstance(event, ChangeEnded):
        return event.outcome.slot_id
    return getattr(event, "slot_id", None)


def _data(event: Event, *, at: datetime) -> Iterator[tuple[str, Any]]:
    present = event.until - event.seconds if isinstance(event, Wait) else 0.0
    for field in type(event).model_fields:
        value = getattr(event, field)
        if field in _TIMES:
            yield field, rfc3339(at + timedelta(seconds=value - present))
        else:
            yield _KEYS.get(field, field), _plain(value)


@singledispatch
def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value


@_plain.register
def _(value: Enum) -> Any:
    return value.value


@_plain.register
def _(value: tuple) -> Any:  # type: ignore[type-arg]  # singledispatch takes no parameters
    return [_plain(each) for each in value]


@_plain.register
def _(value: BaseModel) -> Any:
    return value.model_dump(mode="json")


@_plain.register
def _(value: Endpoint) -> Any:
    return endpoint_object(value)


@_plain.register
def _(value: Change) -> Any:
    return value.model_dump(mode="json", include=set(_Change.model_fields))


@_plain.register
def _(value: Outcome) -> Any:
    return outcome_object(value)


@_plain.register
def _(value: RunReport) -> Any:
    return run_object(value)


_SHAPES: dict[Any, Any] = {
    Change: _Change,
    tuple[Change, ...]: tuple[_Change, ...],
    RunReport: Run,
}


def _line_shape(kind: type[BaseModel]) -> type[BaseModel]:
    """The shape of the lines about this kind of event."""
    fields: dict[str, Any] = {
        "version": (Annotated[str, Field(pattern=r"^1\.")], ...),
        "timestamp": (datetime, ...),
        "event": (Literal[event_name(kind)], ...),
    }
    if kind in (ChangeBegun, ChangeEnded):
        fields["slot_id"] = (str, ...)
    for field, annotation in get_type_hints(kind).items():
        if field in kind.model_fields:
            shown = datetime if field in _TIMES else _SHAPES.get(annotation, annotation)
            fields[_KEYS.get(field, field)] = (shown, ...)
    return create_model(kind.__name__, __doc__=kind.__doc__, **fields)


def _union(shapes: tuple[Any, ...]) -> Any:
    union = shapes[0]
    for each in shapes[1:]:
        union = union | each
    return union


def _open(schema: Any) -> None:
    """Allow keys that the schema does not know, which a later version may add."""
    if isinstance(schema, dict):
        if schema.get("additionalProperties") is False:
            del schema["additionalProperties"]
        for each in schema.values():
            _open(each)
    elif isinstance(schema, list):
        for each in schema:
            _open(each)
