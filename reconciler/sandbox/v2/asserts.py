"""The asserts of playbooks, and what they find."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.sandbox.v2.calls import Document


@dataclass(frozen=True)
class Turn:
    """What one message led to. `slots` are the keyphrases by the name of their lexicon slot."""

    context: Mapping[str, Any]
    text: str = ""
    data: Mapping[str, Any] | None = None
    intent: str = ""
    slots: Mapping[str, str] | None = None
    state: str = "default"


def judged(definition: Document, turn: Turn) -> Document:
    """The result of one assert. One of an unknown type fails."""
    params = definition.get("params", {})
    holds, actual = _found(definition["type"], params, turn)
    negate = bool(params.get("negate"))
    passed = holds is not None and holds != negate
    return {
        "_id": definition["_id"],
        "type": definition["type"],
        "status": "successful" if passed else "failed",
        "params": params,
        "negate": negate,
        "actual": actual,
    }


def _found(kind: str, params: Mapping[str, Any], turn: Turn) -> tuple[bool | None, Document]:
    """Whether it holds as it stands (None if that cannot be said), and what there really is."""
    if kind == "assertText":
        says = _says(turn.text, str(params.get("text", "")), bool(params.get("fuzzy")))
        return says, {"text": turn.text}
    if kind in ("assertContext", "assertData"):
        actual = dict(turn.context if kind == "assertContext" else turn.data or {})
        matches = _contains if params.get("partial") else operator.eq
        return matches(actual, params.get("data")), actual
    if kind in ("assertSlot", "assertSlots"):
        slots = dict(turn.slots or {})
        return params.get("slot") in slots, {"slots": slots}
    simple = {"assertState": ("state", turn.state), "assertIntent": ("intent", turn.intent)}
    if kind not in simple:
        return None, {}
    name, actual_name = simple[kind]
    return params.get(name) == actual_name, {name: actual_name}


def _says(text: str, expected: str, fuzzy: bool) -> bool:
    """What `fuzzy` means is not documented; here the text must contain what is expected."""
    return expected.casefold() in text.casefold() if fuzzy else expected == text


def _contains(actual: object, expected: object) -> bool:
    """Whether all that is expected is there; objects may hold more."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return all(
            name in actual and _contains(actual[name], value) for name, value in expected.items()
        )
    return actual == expected
