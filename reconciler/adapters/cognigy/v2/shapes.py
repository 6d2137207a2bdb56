"""The shapes of version 2: what a tenant's JSON means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from pydantic import ConfigDict, JsonValue, TypeAdapter, ValidationError

from reconciler.errors import MalformedResponseError
from reconciler.model.content import FillerContent
from reconciler.model.slot import LiveSlot, UnreadableSlot

FLOW_KEY, SLOT_KEY = "reconciler:flow", "reconciler:slot"
"""What we add to the tenant's object, so that the ledger can tell whose it is. No field of the API
has a colon in its name."""

_NAMES = {
    "name": "name",
    "type": "type",
    "regex": "regex",
    "slot": "slot",
    "context_key": "contextKey",
    "profile_key": "profileKey",
    "result_location": "resultLocation",
    "additional_validation": "additionalValidation",
    "store_result_in_context": "storeResultInContext",
    "store_in_contact_profile": "storeInContactProfile",
    "store_detailed_results": "storeDetailedResults",
    "skip_if_result_in_context": "skipIfResultInContext",
    "use_positive_only": "usePositiveOnly",
}
"""The API's name of each managed field."""
FIELDS = tuple(_NAMES.values())
"""The fields that we send."""
_OF_THE_TENANT = frozenset(
    {"_id", "referenceId", "createdAt", "createdBy", "lastChanged", "lastChangedBy"}
)
"""What the tenant alone sets."""
_SUBJECTS = {"regex": "regex", "slot": "slot"}
"""The field without which a filler of this type looks for nothing."""
_OTHERS = TypeAdapter(dict[str, JsonValue], config=ConfigDict(defer_build=True))


def parse_listed(body: Mapping[str, Any], *, slot_id: str, flow: str) -> LiveSlot | UnreadableSlot:
    """A slot filler as the tenant sends it; `flow` is as the files name it. A field that is null or
    missing is empty."""
    fields: dict[str, Any] = {ours: body.get(theirs) for ours, theirs in _NAMES.items()}
    odd = tuple(_NAMES[name] for name, value in fields.items() if not _can_be_sent(value))
    if odd:
        return UnreadableSlot(slot_id=slot_id, fields=odd)
    try:
        content = FillerContent(flow=flow, **fields)
        _OTHERS.validate_python(body)  # JSON can be nested too deeply to be written again
    except ValidationError as error:
        names = sorted({str(each["loc"][0]) for each in error.errors()})
        return UnreadableSlot(
            slot_id=slot_id, fields=tuple(_NAMES.get(name, name) for name in names)
        )
    return LiveSlot(
        slot_id=slot_id,
        content=content,
        raw={**body, FLOW_KEY: flow, SLOT_KEY: slot_id},
        unmodelled=tuple(sorted(body.keys() - _NAMES.values() - _OF_THE_TENANT)),
        changed_by=_text(body.get("lastChangedBy")),
        changed_at=_moment(body.get("lastChanged")),
    )


def revived(raw: Mapping[str, Any]) -> LiveSlot:
    """A slot from the ledger. Raises MalformedResponseError for one that this API never sent."""
    flow, slot_id = _text(raw.get(FLOW_KEY)), _text(raw.get(SLOT_KEY))
    if flow is None or slot_id is None:
        raise MalformedResponseError("Reading the ledger: a slot that is not of this API.")
    body = {name: value for name, value in raw.items() if name not in (FLOW_KEY, SLOT_KEY)}
    slot = parse_listed(body, slot_id=slot_id, flow=flow)
    if isinstance(slot, UnreadableSlot):
        raise MalformedResponseError(f"Reading the ledger: {slot_id} with {slot.reason}.")
    return slot


def creation(content: FillerContent) -> dict[str, Any]:
    """The body that creates it: texts that are not empty, and every switch."""
    complete = content.completed(None).canonical_fields()
    return {theirs: complete[ours] for ours, theirs in _NAMES.items() if complete[ours] is not None}


def to_send(
    content: FillerContent, *, replaces: FillerContent, sent: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields, by our names, that change a filler into `content`: those that differ from what
    was read, or from what was `sent` for it before, because reads may lag; and what the tenant
    wants in each change, the type and what a filler of this type looks for."""
    after, before = content.canonical_fields(), replaces.canonical_fields()
    names = {name for name in _NAMES if after[name] != before[name]}
    names |= {name for name, value in sent.items() if after[name] != value}
    names |= {"type", *filter(None, [_SUBJECTS.get(content.type)])}
    return {name: after[name] for name in _NAMES if name in names}


def change(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a PATCH that sets these fields. A text is cleared by ""."""
    return {_NAMES[name]: "" if value is None else value for name, value in fields.items()}


def _can_be_sent(value: Any) -> bool:
    """JSON may hold half a surrogate pair, UTF-8 may not."""
    return not isinstance(value, str) or not any("\ud800" <= each <= "\udfff" for each in value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, tz=timezone.utc)
    except (OverflowError, OSError, ValueError):
        return None
