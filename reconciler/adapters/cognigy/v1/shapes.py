"""The shapes of version 1: what a tenant's JSON and headers mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeGuard

import httpx
from pydantic import ConfigDict, JsonValue, TypeAdapter, ValidationError

from reconciler.adapters.cognigy.transport import Answer
from reconciler.errors import MalformedResponseError, OutcomeUnknownError
from reconciler.model.content import PatternContent, SlotContent
from reconciler.model.gate import Measurement
from reconciler.model.slot import LiveSlot, UnreadableSlot

_MODELLED = frozenset({"slotId", "name", "type", "patterns", "fillStrategy", "dependencies"})
_OTHERS = TypeAdapter(dict[str, JsonValue], config=ConfigDict(defer_build=True))
_EXCERPT_CHARACTERS = 120
_COMPRESSION_MARK = re.compile(r'(--?|;)(gzip|br|deflate|zstd)"$')


def parse_slot(body: Any, *, about: str) -> LiveSlot:
    """A slot as the tenant sends it; a list that is null or missing is empty.

    Raises MalformedResponseError if it is not a slot.
    """
    slot = parse_listed(body)
    if slot is None:
        raise MalformedResponseError(f"{about}: the tenant sent a slot without a `slotId`.")
    if isinstance(slot, UnreadableSlot):
        raise MalformedResponseError(f"{about}: the tenant sent {slot.slot_id} with {slot.reason}.")
    return slot


def parse_listed(entry: Any) -> LiveSlot | UnreadableSlot | None:
    """The same for an entry of a listing, where other teams' slots may have any shape; None if
    not even the id can be read."""
    if not isinstance(entry, Mapping) or not _is_text(entry.get("slotId")):
        return None
    others = {key: value for key, value in entry.items() if key not in _MODELLED}
    try:
        content = PatternContent(
            name=entry.get("name"),
            type=entry.get("type"),
            patterns=_texts(entry.get("patterns")),
            fill_strategy=entry.get("fillStrategy"),
            dependencies=_texts(entry.get("dependencies")),
        )
        if others:  # JSON can be nested too deeply to be written again
            _OTHERS.validate_python(others)
    except ValidationError as error:
        dependencies = entry.get("dependencies")
        return UnreadableSlot(
            slot_id=entry["slotId"],
            fields=tuple(sorted({str(each["loc"][0]) for each in error.errors()})),
            dependencies=tuple(filter(_is_text, dependencies))
            if isinstance(dependencies, list)
            else (),
        )
    return LiveSlot(
        slot_id=entry["slotId"], content=content, raw=entry, unmodelled=tuple(sorted(others))
    )


def _is_text(value: Any) -> bool:
    """Whether it is text that can be sent again: JSON may hold a lone surrogate, UTF-8 may not."""
    return (
        isinstance(value, str)
        and value != ""
        and (value.isascii() or not any("\ud800" <= each <= "\udfff" for each in value))
    )


def _texts(value: Any) -> Any:
    return () if value is None else tuple(value) if isinstance(value, list) else value


def parse_measurement(body: Any, *, about: str) -> Measurement:
    """A rate as the tenant sends it; an unreadable `sampleCount` counts as missing.

    Raises MalformedResponseError if the rate is not a fraction.
    """
    rate = body.get("successRate") if isinstance(body, Mapping) else None
    if not _is_number(rate) or not 0 <= rate <= 1:
        raise MalformedResponseError(
            f"{about}: the tenant sent {_excerpt(body)}, without a `successRate` from 0 to 1.",
            hint="Check what the tenant answers: a success rate is a JSON number, and a fraction.",
        )
    return Measurement(success_rate=float(rate), sample_count=_count(body.get("sampleCount")))


def _is_number(value: Any) -> TypeGuard[int | float]:
    """Whether it is a JSON number; to Python, a boolean is one too."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _count(value: Any) -> int | None:
    """A whole number, however it is written: in JSON, 500 and 500.0 are the same."""
    return int(value) if _is_number(value) and value >= 0 and value == int(value) else None


def _excerpt(body: Any) -> str:
    """What was received, as at most one line of JSON."""
    text = json.dumps(body)
    return text if len(text) <= _EXCERPT_CHARACTERS else f"{text[:_EXCERPT_CHARACTERS]}…"


def put_body(content: SlotContent, *, train: bool) -> dict[str, Any]:
    """The whole slot, as a PUT sends it."""
    return {
        "name": content.name,
        "type": content.type,
        "patterns": list(content.patterns),
        "fillStrategy": content.fill_strategy,
        "dependencies": list(content.dependencies),
        "triggerRetrain": train,
    }


def require_acknowledged(answer: Answer, slot_id: str, *, about: str) -> None:
    """Raises OutcomeUnknownError unless the answer says that the write was carried out: a 204, or
    JSON that is not another slot."""
    if answer.status == httpx.codes.NO_CONTENT:
        return
    expected = answer.status in (httpx.codes.OK, httpx.codes.CREATED)
    if (
        expected
        and isinstance(answer.body, Mapping)
        and answer.body.get("slotId", slot_id) == slot_id
    ):
        return
    raise OutcomeUnknownError(
        f"{about}: the tenant answered {answer.status}, but not with an answer of the API.",
        status=answer.status,
    )


def stored_slot(answer: Answer, *, sent: SlotContent, about: str) -> LiveSlot | None:
    """The slot in the answer to an acknowledged PUT: what the tenant says it stored.

    None if the answer has no body, or not a whole slot. A list that was sent empty may be missing,
    because a tenant may leave empty lists out.
    """
    body = answer.body
    needed = {"slotId", "name", "type", "fillStrategy"}
    needed |= {"patterns"} if sent.patterns else set()
    needed |= {"dependencies"} if sent.dependencies else set()
    if not isinstance(body, Mapping) or any(body.get(key) is None for key in needed):
        return None
    try:
        return parse_slot(body, about=about)
    except MalformedResponseError:
        return None


def strong_etag(value: str | None) -> str | None:
    """An ETag that If-Match can use: a weak one never matches (RFC 9110, 13.1.1), and the suffix
    that a compressing server adds, such as `-gzip`, is not part of the tag."""
    if value is None or not value.startswith('"') or not value.isascii() or not value.isprintable():
        return None
    return _COMPRESSION_MARK.sub('"', value)


def precondition(replaces: LiveSlot | None, *, has_etags: bool) -> dict[str, str] | None:
    """The header that makes a PUT conditional on what was read just before it."""
    if replaces is None:
        return {"If-None-Match": "*"} if has_etags else None
    return {"If-Match": replaces.revision} if replaces.revision else None
