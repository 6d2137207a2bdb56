"""The result of a playbook's run, assert by assert, held against the playbook's definition.

The definition counts: of a run that was aborted, or of a step that timed out, the results lack
asserts, which have failed then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.adapters.cognigy.v2.calls import Document
from reconciler.model.gate import FailedAssert

_PASSED = "successful"
_SHOWN_CHARACTERS = 200
_SUBJECTS = ("data", "text", "intent", "slot", "state")
"""The parameter that says what an assert expects."""
_DID_NOT_RUN = "nothing, because it did not run"
_MOST_KEYS = 50


@dataclass(frozen=True)
class Outcome:
    """How many asserts a playbook has, and those that failed."""

    asserts: int
    failed: tuple[FailedAssert, ...]


def count(definition: Document) -> int:
    """How many asserts a playbook has."""
    return sum(len(_asserts(step)) for step in _steps(definition, "steps"))


def outcome(definition: Document, run: Document, *, playbook: str) -> Outcome:
    """The outcome of a run; `playbook` is what it is called in messages."""
    results = _steps(run, "stepResults")
    failed = tuple(
        each
        for number, step in enumerate(_steps(definition, "steps"), start=1)
        for each in _failed(
            step,
            results[number - 1] if number <= len(results) else {},
            number=number,
            playbook=playbook,
        )
    )
    return Outcome(asserts=count(definition), failed=failed)


def _failed(
    step: Document, result: Document, *, number: int, playbook: str
) -> Iterator[FailedAssert]:
    left = list(_asserts(result))
    for each in _asserts(step):
        found = _taken(each, left)
        if found is not None and found.get("status") == _PASSED:
            continue
        kind, params = str(each.get("type")), _mapping(each.get("params"))
        yield FailedAssert(
            playbook=playbook,
            step=number,
            text=str(step.get("text") or "")[:_SHOWN_CHARACTERS],
            kind=kind,
            expected=_expected(params),
            actual=_DID_NOT_RUN if found is None else _actual(found.get("actual"), params),
            keys=tuple(dict.fromkeys(_keys(kind, params)))[:_MOST_KEYS],
        )


def _taken(definition: Document, left: list[Document]) -> Document | None:
    """The result of this assert, taken out of those of its step: results have no id that the
    definition has too, so the parameters decide, then the order."""
    alike = [each for each in left if each.get("type") == definition.get("type")]
    same = [each for each in alike if each.get("params") == definition.get("params")]
    found = next(iter(same or alike), None)
    if found is not None:
        left.remove(found)
    return found


def _expected(params: Mapping[str, Any]) -> str:
    subject = next((params[name] for name in _SUBJECTS if name in params), dict(params))
    return f"{'not ' if params.get('negate') is True else ''}{_shown(subject)}"


def _actual(actual: Any, params: Mapping[str, Any]) -> str:
    """What there was; where a part was expected, that part."""
    expected = params.get("data")
    if params.get("partial") and isinstance(actual, Mapping) and isinstance(expected, Mapping):
        actual = {name: actual[name] for name in expected if name in actual}
    return _shown(actual)


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def _keys(kind: str, params: Mapping[str, Any]) -> Iterator[str]:
    """The context keys, or the slot, that an assert names."""
    if kind == "assertContext":
        yield from _paths(_mapping(params.get("data")))
    elif kind in ("assertSlot", "assertSlots") and isinstance(params.get("slot"), str):
        yield params["slot"]


def _paths(data: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Each key, with those that it lies in; of a key with dots in it, the first part too."""
    for key, value in data.items():
        yield f"{before}{key}".partition(".")[0]
        yield f"{before}{key}"
        if isinstance(value, Mapping):
            yield from _paths(value, f"{before}{key}.")


def _steps(document: Document, name: str) -> list[Document]:
    steps = document.get(name)
    return [_mapping(step) for step in steps] if isinstance(steps, list) else []


def _asserts(step: Document) -> list[Document]:
    asserts = step.get("asserts")
    return [_mapping(each) for each in asserts] if isinstance(asserts, list) else []


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
