"""The schema and the models accept the same documents, as far as a schema can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError, validators

from reconciler.adapters.manifests import yaml_source
from reconciler.adapters.manifests.desired import read_settings, read_slot
from reconciler.adapters.manifests.schema import settings_schema, slot_schema

FULL: dict[str, Any] = {
    "slot_id": "slot_a",
    "name": "a",
    "type": "regex",
    "patterns": ["^a$"],
    "fill_strategy": "bestMatch",
    "dependencies": ["slot_b"],
    "trigger_retrain": False,
    "description": "text",
    "state": "present",
    "protect": True,
    "gate": {
        "enabled": True,
        "min_success_rate": 0.5,
        "max_drop": 0,
        "time_range": "last24h",
        "min_samples": 3,
        "settle_seconds": 1.5,
        "poll_interval_seconds": 1,
        "timeout_seconds": 10,
        "consecutive_passes": 2,
        "when_inconclusive": "fail",
        "watch": ["slot_c"],
    },
    "examples": {"match": ["a", {"text": "b", "value": None}, {"text": "c"}], "reject": ["d"]},
    "x-owner": {"team": [1, None]},
}
SETTINGS: dict[str, Any] = {
    "owns": ["slot_*"],
    "protect": ["slot_a"],
    "gate": {key: value for key, value in FULL["gate"].items() if key != "watch"},
    "rollout": {"batch": "wave", "on_failure": "halt"},
    "limits": {
        "requests_per_minute": 10,
        "max_attempts": 3,
        "max_changes": 5,
        "max_delete_fraction": 0.5,
    },
}


def _pattern(
    _validator: Any, pattern: str, instance: Any, _schema: Any
) -> Iterator[ValidationError]:
    """Match as ECMA-262 does: in Python, `$` also matches before a trailing line break."""
    if isinstance(instance, str) and not re.search(pattern.replace("$", r"\Z"), instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


Validator = validators.create(
    Draft202012Validator.META_SCHEMA, {**Draft202012Validator.VALIDATORS, "pattern": _pattern}
)
SLOT, PROJECT = Validator(slot_schema()), Validator(settings_schema())

values = st.sampled_from(
    [
        None, True, False, -1, 0, 1, 2, 20, 21, 86_400, 86_401, -0.5, 0.5, 1.5, 86_400.5,
        "", "a", "no such", "absent", "present", "pass", "fail", "wave", "halt", "strict",
        "bestMatch", "-a", "a/b", "a" * 33, "a" * 128, "a" * 129, "a\n", [], ["a"], [1], [None],
        [""], [["a"]], {}, {"text": "a"}, {"text": 1}, {"text": "a", "value": "b"},
        {"text": "a", "other": 1}, [{"text": "a"}], [{"value": "a"}], {"x-a": 1}, {"match": ["a"]},
    ]
)  # fmt: skip


def paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a document."""
    inner: Any = ()
    if isinstance(document, dict):
        inner = document.items()
    elif isinstance(document, list):
        inner = enumerate(document)
    for key, value in inner:
        yield (*path, key)
        yield from paths(value, (*path, key))


def copied(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: copied(value) for key, value in document.items()}
    return [copied(value) for value in document] if isinstance(document, list) else document


@st.composite
def altered(draw: st.DrawFn, document: dict[str, Any]) -> Any:
    """The document with a few values replaced, removed or added."""
    changed = copied(document)
    for _ in range(draw(st.integers(0, 3))):
        path = draw(st.sampled_from([*paths(changed), ("unknown",), ("gate", "unknown")]))
        place = changed
        for step in path[:-1]:
            place = place[step] if not isinstance(place, dict) else place.get(step)
        if not isinstance(place, (dict, list)) or (
            isinstance(place, list) and not isinstance(path[-1], int)
        ):
            continue
        if draw(st.booleans()) or path[-1] not in place:
            # A schema cannot accept an unknown key just because it has no value.
            place[path[-1]] = copied(draw(values.filter(lambda value: value is not None)))
            if path[-1] != "unknown" and draw(st.booleans()):
                place[path[-1]] = None
        else:
            del place[path[-1]]
    return changed


def tupled(value: Any) -> Any:
    """The value with tuples instead of lists, as the reader returns it."""
    if isinstance(value, dict):
        return {key: tupled(item) for key, item in value.items()}
    return tuple(tupled(item) for item in value) if isinstance(value, list) else value


def document_of(value: Any) -> yaml_source.Document:
    """A document with this value; its positions do not matter."""
    (document,), problems = yaml_source.parse("a: b", file="a.yaml")
    assert problems == []
    document.value = tupled(value)
    return document


def is_valid_slot(value: Any) -> bool:
    return read_slot(document_of(value))[1] == []


def is_valid_settings(value: Any) -> bool:
    return read_settings(document_of(value))[1] == []


@settings(max_examples=400)
@given(altered(FULL))
def test_a_slot_is_valid_for_the_schema_exactly_if_it_is_for_the_model(document: Any) -> None:
    assert SLOT.is_valid(document) == is_valid_slot(document)


@settings(max_examples=200)
@given(altered({"slot_id": "slot_a", "state": "absent"}) | altered({**FULL, "state": "absent"}))
def test_a_slot_to_be_deleted_needs_only_its_id(document: Any) -> None:
    assert SLOT.is_valid(document) == is_valid_slot(document)


@settings(max_examples=300)
@given(altered(SETTINGS))
def test_settings_are_valid_for_the_schema_exactly_if_they_are_for_the_model(document: Any) -> None:
    assert PROJECT.is_valid(document) == is_valid_settings(document)


@pytest.mark.parametrize(
    "change",
    [{"slot_id": None}, {"name": ""}, {"fill_strategy": "x"}, {"gate": {"watch": "a"}}, {"X-a": 1}],
)
def test_an_invalid_slot_is_invalid_for_both(change: dict[str, Any]) -> None:
    assert SLOT.is_valid(FULL)
    assert is_valid_slot(FULL)
    document = {**FULL, **change}
    assert not SLOT.is_valid(document)
    assert not is_valid_slot(document)


@pytest.mark.parametrize("schema", [slot_schema(), settings_schema()])
def test_a_schema_is_valid_and_describes_every_key(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("urn:")
    for definition in (schema, *schema["$defs"].values()):
        assert definition["additionalProperties"] is False
        assert definition["description"]
        for key, value in definition["properties"].items():
            assert value.get("description"), key


def test_the_schema_knows_every_key_of_the_full_document() -> None:
    assert set(slot_schema()["properties"]) == {key for key in FULL if not key.startswith("x-")}
    gate = slot_schema()["$defs"]["GateOverride"]["properties"]
    assert set(gate) == set(FULL["gate"])
    assert set(settings_schema()["properties"]) == set(SETTINGS)
