"""The JSON Schema (draft 2020-12) of a slot file and of reconciler.yaml, from their models.

pydantic generates most of it. This module adds what pydantic cannot know: a key without a value
means the default, a slot may have custom `x-` keys, an example may be a bare text, and with
`state: absent` a slot needs nothing but its id.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from reconciler.adapters.manifests.desired import AbsentSlotDocument, SlotDocument
from reconciler.model.gate import GatePolicy
from reconciler.model.settings import Settings

SCHEMA_FILE = "_slot.schema.json"
"""Stored next to the slots; the reader ignores names that begin with `_`."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SLOT_ID = "urn:slot-reconciler:schema:slot:1"
_SETTINGS_ID = "urn:slot-reconciler:schema:settings:1"
_EXAMPLE_KEYS = {
    "text": "What a user says.",
    "value": "What must be extracted from it; if left out, any value is accepted.",
}


def slot_schema() -> dict[str, Any]:
    """The schema of a slot file, present or absent."""
    schema = _schema_of(SlotDocument)
    definitions = schema["$defs"]
    _describe_gate(definitions["GateOverride"])
    example = definitions["MatchExample"]
    example["description"] = "A text that the slot must match, and what must be extracted from it."
    for key, description in _EXAMPLE_KEYS.items():
        example["properties"][key]["description"] = description
    match = definitions["_ExamplesDocument"]["properties"]["match"]
    _array_in(match)["items"] = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/MatchExample"}]}
    schema["patternProperties"] = {
        "^x-": {"description": "For your own use; reconciler ignores it."}
    }
    _allow_absence(schema)
    return _headed(schema, schema_id=_SLOT_ID, title="A reconciler slot")


def settings_schema() -> dict[str, Any]:
    """The schema of reconciler.yaml."""
    return _headed(
        _schema_of(Settings), schema_id=_SETTINGS_ID, title="reconciler.yaml: the settings"
    )


def schema_text() -> str:
    """The text of the schema file."""
    return json.dumps(slot_schema(), indent=2, ensure_ascii=False) + "\n"


def is_ours(data: bytes) -> bool:
    """Whether a file is a slot schema written by some version of reconciler."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("$id") == _SLOT_ID


def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    for each in (schema, *schema.get("$defs", {}).values()):
        if each.get("type") != "object":
            continue
        required = each.get("required", [])
        for key, value in each["properties"].items():
            value.pop("title", None)
            if key not in required:
                each["properties"][key] = _or_nothing(value)
    return schema


def _or_nothing(value: dict[str, Any]) -> dict[str, Any]:
    """The same schema, or null, which is what YAML reads for a key without a value."""
    kinds = value.get("anyOf", [])
    if {"type": "null"} in kinds:
        return value
    about: dict[str, Any] = {key: value[key] for key in ("description", "default") if key in value}
    bare = {key: each for key, each in value.items() if key not in about}
    return {"anyOf": [bare, {"type": "null"}], **about}


def _array_in(value: dict[str, Any]) -> dict[str, Any]:
    array: dict[str, Any] = next(each for each in value["anyOf"] if each.get("type") == "array")
    return array


def _describe_gate(override: dict[str, Any]) -> None:
    """Reuse the descriptions of the project's gate, which a slot's gate overrides by field."""
    for key, field in GatePolicy.model_fields.items():
        override["properties"][key]["description"] = f"{field.description} Default: the project's."


def _allow_absence(schema: dict[str, Any]) -> None:
    always = [key for key, field in AbsentSlotDocument.model_fields.items() if field.is_required()]
    present = [key for key in schema["required"] if key not in always]
    properties = schema["properties"]
    for key in present:
        properties[key] = _or_nothing(properties[key])
    schema["required"] = always
    schema["if"] = {"properties": {"state": {"const": "absent"}}, "required": ["state"]}
    schema["else"] = {
        "required": present,
        "properties": {key: {"not": {"type": "null"}} for key in present},
    }


def _headed(schema: dict[str, Any], *, schema_id: str, title: str) -> dict[str, Any]:
    return {"$schema": _DIALECT, "$id": schema_id, **schema, "title": title}
