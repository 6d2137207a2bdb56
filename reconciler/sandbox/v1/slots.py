"""Slots as documents: what a PUT may contain, and what is stored.

A document is a slot as the API sends it: `slotId`, `name`, `type`, `patterns`, `fillStrategy`,
`dependencies`, and possibly undocumented fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.messages import Refused

Document = Mapping[str, Any]

FILL_STRATEGIES = ("bestMatch", "firstMatch", "strict", "fuzzy")
MAX_PATTERN_LENGTH = 50
_FIELDS = ("name", "type", "patterns", "fillStrategy", "dependencies", "triggerRetrain")
_SLOT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True)
class Replacement:
    """A valid PUT: the document to store, and whether to retrain."""

    document: Document
    trigger_retrain: bool


def parse_put(slot_id: str, body: bytes) -> Replacement:
    """Read the body of a PUT.

    Raises `Refused`: 400 if it is not JSON, 422 if it is not a slot. `check_dependencies` checks
    whether the dependencies exist.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(400, "the body is not valid JSON") from None
    if not _SLOT_ID.fullmatch(slot_id):
        raise Refused(422, f"not a slot id: {slot_id!r}")
    if not isinstance(content, dict):
        raise Refused(422, "the body must be an object")
    _check_fields(content)
    _check_patterns(content["patterns"])
    document = {"slotId": slot_id, **{name: content[name] for name in _FIELDS[:-1]}}
    return Replacement(document=document, trigger_retrain=content["triggerRetrain"])


def normalized(document: Document) -> Document:
    """What a tenant that normalizes its input stores."""
    return {
        **document,
        "name": document["name"].strip().lower(),
        "patterns": [pattern.strip() for pattern in document["patterns"]],
    }


def check_dependencies(document: Document, *, existing: Collection[str]) -> None:
    """Raise `Refused` (422) unless each dependency is another existing slot, named once."""
    dependencies = document["dependencies"]
    _check_unique("dependencies", dependencies)
    if document["slotId"] in dependencies:
        raise Refused(422, "a slot cannot depend on itself")
    missing = [name for name in dependencies if name not in existing]
    if missing:
        raise Refused(422, f"dependencies that do not exist: {', '.join(missing)}")


def _check_fields(content: dict[str, Any]) -> None:
    missing = [name for name in _FIELDS if name not in content]
    unknown = [name for name in content if name not in _FIELDS]
    if missing or unknown:
        raise Refused(
            422,
            f"the body must be exactly {', '.join(_FIELDS)}"
            f" (missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'})",
        )
    for name in ("name", "type"):
        if not isinstance(content[name], str) or not content[name]:
            raise Refused(422, f"{name} must be a non-empty string")
    for name in ("patterns", "dependencies"):
        value = content[name]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Refused(422, f"{name} must be a list of strings")
    if content["fillStrategy"] not in FILL_STRATEGIES:
        raise Refused(422, f"fillStrategy must be one of {', '.join(FILL_STRATEGIES)}")
    if not isinstance(content["triggerRetrain"], bool):
        raise Refused(422, "triggerRetrain must be true or false")


def _check_patterns(patterns: list[str]) -> None:
    _check_unique("patterns", patterns)
    for pattern in patterns:
        if not 1 <= len(pattern) <= MAX_PATTERN_LENGTH:
            raise Refused(
                422, f"a pattern must have 1 to {MAX_PATTERN_LENGTH} characters, not {len(pattern)}"
            )


def _check_unique(field: str, values: list[str]) -> None:
    repeated = sorted({value for value in values if values.count(value) > 1})
    if repeated:
        raise Refused(422, f"{field} repeats: {', '.join(repeated)}")
