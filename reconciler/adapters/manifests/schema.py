"""The JSON Schema (draft 2020-12) of a slot file and of reconciler.yaml, from their models.

pydantic writes most of it. What it cannot know is added here: a key without a value means the
default; a slot has `x-` keys of anybody's; an example may be a bare text; and with
`state: absent` a slot needs no more than its id.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from reconciler.adapters.manifests.desired import AbsentSlotDocument, SlotDocument
from reconciler.model.gate import GatePolicy
from reconciler.model.settings import Settings

SCHEMA_FILE = "_slot.schema.json"
"""Beside the slots; the reader leaves out what begins with `_`."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_SLOT_ID = "urn:slot-reconciler:schema:slot:1"
_SETTINGS_ID = "urn:slot-reconciler:schema:settings:1"
_EXAMPLE_KEYS = {
    "text": "What a user says.",
    "value": "What must come out of it; left out, any extraction will do.",
}


def slot_schema() -> dict[str, Any]:
    """The schema of a slot file, present or absent."""
    schema = _schema_of(SlotDocument)
    definitions = schema["$defs"]
    _describe_gate(definitions["GateOverride"])
    example = definitions["MatchExample"]
    example["description"] = "A text that the slot must extract, and what must come out."
    for key, description in _EXAMPLE_KEYS.items():
        example["properties"][key]["description"] = description
    match = definitions["_ExamplesDocument"]["properties"]["match"]
    _array_in(match)["items"] = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/MatchExample"}]}
    schema["patternProperties"] = {"^x-": {"description": "Yours: reconciler ignores it."}}
    _allow_absence(schema)
    return _headed(schema, schema_id=_SLOT_ID, title="A slot of reconciler")


def settings_schema() -> dict[str, Any]:
    """The schema of reconciler.yaml."""
    return _headed(
        _schema_of(Settings), schema_id=_SETTINGS_ID, title="reconciler.yaml: the settings"
    )


def schema_text() -> str:
    """The slot schema as its file's text."""
    return json.dumps(slot_schema(), indent=2, ensure_ascii=False) + "\n"


def is_ours(data: bytes) -> bool:
    """Whether a file is a slot schema that some version of ours has written."""
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
    """The same, or null: what a key without a value is to YAML."""
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
    """A slot's gate overrides the project's, field by field, in the same words."""
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
