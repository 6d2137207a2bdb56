"""The fields of a slot filler: what a body may contain, and what an answer shows."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.messages import Refused
from reconciler.sandbox.v2.calls import Document
from reconciler.sandbox.v2.expressions import InvalidExpression, check_storable
from reconciler.sandbox.v2.settings import SandboxSettings

TYPES = (
    "age",
    "date",
    "duration",
    "email",
    "intent",
    "slot",
    "money",
    "number",
    "percentage",
    "regex",
    "temperature",
)
TEXTS = (
    "name",
    "type",
    "regex",
    "slot",
    "contextKey",
    "profileKey",
    "resultLocation",
    "additionalValidation",
)
BOOLEANS = (
    "storeResultInContext",
    "storeInContactProfile",
    "storeDetailedResults",
    "skipIfResultInContext",
    "usePositiveOnly",
)
_SUBJECT = {"regex": "regex", "slot": "slot"}
"""The field that says what a filler of this type looks for."""


def checked(content: Document, *, settings: SandboxSettings) -> Document:
    """The known fields of a body; raises `Refused` (400) for values that they cannot have."""
    for name, value in content.items():
        if name in TEXTS:
            _check(isinstance(value, str), f"Field '{name}' must be a string.")
        elif name in BOOLEANS:
            _check(isinstance(value, bool), f"Field '{name}' must be a boolean.")
        else:
            _check(not settings.unknown_fields_refused, f"Field '{name}' is not allowed.")
    if "name" in content:
        _check_name(content["name"])
    if "type" in content:
        kind = content["type"]
        _check(kind in TYPES, f"Field 'type' must be one of {', '.join(TYPES)}, not '{kind}'.")
    if "regex" in content:
        try:
            check_storable(content["regex"])
        except InvalidExpression as error:
            raise Refused(400, f"Field 'regex' must match format \"regex\": {error}.") from None
    return {name: content[name] for name in (*TEXTS, *BOOLEANS) if name in content}


def check_complete(filler: Document) -> None:
    """Raise `Refused` (400) unless a new filler has a name, a type, and what it looks for."""
    for name in ("name", "type"):
        _check(name in filler, f"Field '{name}' is required.")
    _check_subject(filler)


def check_patch(patch: Document, *, strict: bool) -> None:
    """A strict tenant refuses (400) a patch without `type`, or without what goes with it."""
    if strict:
        _check("type" in patch, 'The body must match exactly one schema in "oneOf": no type.')
        _check_subject(patch)


def patched(filler: Document, patch: Document, *, settings: SandboxSettings) -> Document:
    """The filler's fields after a patch; raises `Refused` (400) if nothing is looked for then."""
    after = dict(filler)
    for name, value in patch.items():
        if value == "" and name not in ("name", "type") and settings.empty_text != "kept":
            if settings.empty_text == "unset":
                after.pop(name, None)
        else:
            after[name] = value
    _check_subject(after)
    return after


def shown(filler: Document, *, settings: SandboxSettings) -> Document:
    """The whole filler as an answer shows it."""
    if not settings.fills_defaults:
        return dict(filler)
    defaults: dict[str, Any] = {**dict.fromkeys(TEXTS, ""), **dict.fromkeys(BOOLEANS, False)}
    return {**defaults, **filler}


def summary(filler: Document) -> Document:
    """The filler as a listing shows it: without what it looks for."""
    return {
        name: value
        for name, value in filler.items()
        if name in ("name", "type") or (name not in TEXTS and name not in BOOLEANS)
    }


def _check_subject(filler: Document) -> None:
    name = _SUBJECT.get(filler.get("type", ""))
    _check(name is None or bool(filler.get(name)), f"Field '{name}' is required.")


def _check_name(name: str) -> None:
    _check(bool(name.strip()), "Field 'name' must not be empty.")
    _check(name[0] not in "@+-=", "Field 'name' must match format \"resource-name\".")


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise Refused(400, message)
