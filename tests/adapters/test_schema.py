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
from reconciler.adapters.manifests.documents import DOCUMENTS, Documents
from reconciler.adapters.manifests.schema import settings_schema, slot_schema
from reconciler.model.settings import Settings

V1, V2 = DOCUMENTS["cognigy-v1"], DOCUMENTS["cognigy-v2"]

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
        "bake_hours": 12,
        "watch": ["slot_c"],
    },
    "examples": {"match": ["a", {"text": "b", "value": None}, {"text": "c"}], "reject": ["d"]},
    "x-owner": {"team": [1, None]},
}
FILLER: dict[str, Any] = {
    "slot_id": "order",
    "flow": "Order intake",
    "name": "order_number",
    "reference_id": "3f2c1a52",
    "type": "regex",
    "regex": "/a/",
    "context_key": "order",
    "profile_key": "",
    "result_location": "a",
    "additional_validation": "true",
    "store_result_in_context": True,
    "store_in_contact_profile": False,
    "store_detailed_results": True,
    "skip_if_result_in_context": False,
    "use_positive_only": True,
    "dependencies": ["customer"],
    "description": "text",
    "state": "present",
    "protect": True,
    "gate": {
        "playbooks": ["P"],
        "min_pass_rate": 0.5,
        "max_drop": 0,
        "enabled": True,
        "timeout_seconds": 10,
        "poll_interval_seconds": 1,
        "locales": ["English"],
    },
    "examples": {"match": ["a", {"text": "b", "value": None}, {"text": "c"}], "reject": ["d"]},
    "x-owner": {"team": [1, None]},
}
PHRASE = {key: value for key, value in FILLER.items() if key != "regex"} | {
    "type": "slot",
    "slot": "orders",
}
SETTINGS: dict[str, Any] = {
    "api": "cognigy-v1",
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
    "watch": {"apply": True, "every_minutes": 1, "drift_every_minutes": 30.5},
    "environments": {
        "staging": {"gate": {"enabled": False}},
        "production": {
            "expect": {"origin": "https://acme.cognigy.com", "bot_id": "bot_1"},
            "ids": {"slot_a": "slot_77aa01"},
            "owns": ["slot_*"],
            "protect": ["slot_a"],
            "gate": {"max_drop": 0.1},
            "rollout": {"batch": "wave"},
            "limits": {"max_changes": 5},
            "watch": {"apply": False},
        },
    },
}
PROJECT_SETTINGS: dict[str, Any] = {
    **SETTINGS,
    "api": "cognigy-v2",
    "flow": "Order intake",
    "gate": FILLER["gate"],
    "train": {"timeout_seconds": 10, "poll_interval_seconds": 1},
    "snapshot": {"before_apply": True, "timeout_seconds": 10, "max_snapshots": 5},
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
SLOT = {each.api: Validator(slot_schema(each)) for each in (V1, V2)}
PROJECT = {each.api: Validator(settings_schema(each)) for each in (V1, V2)}

values = st.sampled_from(
    [
        None, True, False, -1, 0, 1, 2, 20, 21, 86_400, 86_401, -0.5, 0.5, 1.5, 86_400.5,
        "", "a", "no such", "absent", "present", "pass", "fail", "wave", "halt", "strict",
        "bestMatch", "-a", "a/b", "a" * 33, "a" * 128, "a" * 129, "a\n", [], ["a"], [1], [None],
        [""], [["a"]], {}, {"text": "a"}, {"text": 1}, {"text": "a", "value": "b"},
        {"text": "a", "other": 1}, [{"text": "a"}], [{"value": "a"}], {"x-a": 1}, {"match": ["a"]},
        "regex", "slot", "email", "@a", "=a", "/a/", "cognigy-v1", "cognigy-v2",
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


def is_valid_slot(value: Any, documents: Documents) -> bool:
    settings = Settings(flow="Order intake")
    return read_slot(document_of(value), documents=documents, settings=settings)[1] == []


def is_valid_settings(value: Any, documents: Documents) -> bool:
    return read_settings(document_of(value), documents=documents)[1] == []


@settings(max_examples=400)
@given(altered(FULL))
def test_a_slot_is_valid_for_the_schema_exactly_if_it_is_for_the_model(document: Any) -> None:
    assert SLOT[V1.api].is_valid(document) == is_valid_slot(document, V1)


@settings(max_examples=600)
@given(altered(FILLER) | altered(PHRASE))
def test_a_filler_is_valid_for_the_schema_exactly_if_it_is_for_the_model(document: Any) -> None:
    assert SLOT[V2.api].is_valid(document) == is_valid_slot(document, V2)


@settings(max_examples=200)
@given(altered({"slot_id": "slot_a", "state": "absent"}) | altered({**FULL, "state": "absent"}))
def test_a_slot_to_be_deleted_needs_only_its_id(document: Any) -> None:
    assert SLOT[V1.api].is_valid(document) == is_valid_slot(document, V1)


@settings(max_examples=200)
@given(altered({"slot_id": "slot_a", "state": "absent"}) | altered({**FILLER, "state": "absent"}))
def test_a_filler_to_be_deleted_needs_only_its_id(document: Any) -> None:
    assert SLOT[V2.api].is_valid(document) == is_valid_slot(document, V2)


@settings(max_examples=300)
@given(altered(SETTINGS))
def test_settings_are_valid_for_the_schema_exactly_if_they_are_for_the_model(document: Any) -> None:
    assert PROJECT[V1.api].is_valid(document) == is_valid_settings(document, V1)


@settings(max_examples=300)
@given(altered(PROJECT_SETTINGS))
def test_settings_of_version_2_are_valid_for_both_or_for_neither(document: Any) -> None:
    assert PROJECT[V2.api].is_valid(document) == is_valid_settings(document, V2)


@pytest.mark.parametrize(
    "change",
    [{"slot_id": None}, {"name": ""}, {"fill_strategy": "x"}, {"gate": {"watch": "a"}}, {"X-a": 1}],
)
def test_an_invalid_slot_is_invalid_for_both(change: dict[str, Any]) -> None:
    assert SLOT[V1.api].is_valid(FULL)
    assert is_valid_slot(FULL, V1)
    document = {**FULL, **change}
    assert not SLOT[V1.api].is_valid(document)
    assert not is_valid_slot(document, V1)


@pytest.mark.parametrize(
    "change",
    [
        {"slot_id": None},
        {"name": "@a"},
        {"type": "email"},
        {"type": "slot"},
        {"regex": None},
        {"slot": "orders"},
        {"gate": {"min_success_rate": 1}},
        {"patterns": []},
    ],
)
def test_an_invalid_filler_is_invalid_for_both(change: dict[str, Any]) -> None:
    for document in (FILLER, PHRASE, {"slot_id": "a", "type": "email"}):
        assert SLOT[V2.api].is_valid(document)
        assert is_valid_slot(document, V2)
    document = {**FILLER, **change}
    assert not SLOT[V2.api].is_valid(document)
    assert not is_valid_slot(document, V2)


@pytest.mark.parametrize(
    "schema", [schema(each) for schema in (slot_schema, settings_schema) for each in (V1, V2)]
)
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
    keys = {key for key in FULL if not key.startswith("x-")} | {"environments"}
    assert set(slot_schema(V1)["properties"]) == keys
    gate = slot_schema(V1)["$defs"]["SlotGateDocument"]["properties"]
    assert set(gate) == set(FULL["gate"])
    assert set(settings_schema(V1)["properties"]) == set(SETTINGS)


def test_the_schema_of_version_2_knows_every_key_of_the_full_document() -> None:
    keys = {key for key in {**FILLER, **PHRASE} if not key.startswith("x-")} | {"environments"}
    assert set(slot_schema(V2)["properties"]) == keys
    assert set(slot_schema(V2)["$defs"]["GateDocument"]["properties"]) == set(FILLER["gate"])
    assert set(settings_schema(V2)["properties"]) == set(PROJECT_SETTINGS)


@pytest.mark.parametrize(
    ("override", "valid"),
    [
        ({"staging": {"patterns": ["^b$"], "gate": {"max_drop": 1}, "state": "absent"}}, True),
        ({"staging": None}, True),
        ({"staging": {"patterns": None}}, True),
        ({"Staging": {}}, False),
        ({"staging": {"slot_id": "slot_b"}}, False),
        ({"staging": {"patterns": "^b$"}}, False),
        ({"staging": {"gate": {"max_drop": 85}}}, False),
    ],
)
def test_the_schema_knows_what_may_differ_in_an_environment(override: Any, valid: bool) -> None:
    assert SLOT[V1.api].is_valid({**FULL, "environments": override}) is valid


def test_the_settings_schema_shows_the_defaults_and_the_slot_schema_refers_to_them() -> None:
    for documents, key, default in ((V1, "min_success_rate", 0.85), (V2, "min_pass_rate", 1.0)):
        gate = settings_schema(documents)["$defs"]["GateDocument"]["properties"][key]
        assert gate["default"] == default
        slot = slot_schema(documents)["$defs"]
        override = (slot.get("SlotGateDocument") or slot["GateDocument"])["properties"][key]
        assert override["default"] is None
        assert override["description"].endswith("Default: the project's.")


def test_each_schema_has_an_id_of_its_own() -> None:
    schemas = [schema(each) for schema in (slot_schema, settings_schema) for each in (V1, V2)]
    assert len({each["$id"] for each in schemas}) == 4
    assert slot_schema(V1)["$id"] == "urn:slot-reconciler:schema:slot:1"
    assert slot_schema(V2)["$id"] == "urn:slot-reconciler:schema:cognigy-v2:slot:1"
