"""The JSON Schema (draft 2020-12) of a slot file and of reconciler.yaml, from their models.

pydantic generates most of it. This module adds what pydantic cannot know: a key without a value
means the default, a slot may have custom `x-` keys, an example may be a bare text, and with
`state: absent` a slot needs nothing but its id.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from reconciler.adapters.manifests.documents import DEFAULT, Documents
from reconciler.adapters.manifests.documents.shared import OVERRIDABLE_SETTINGS

SCHEMA_FILE = "_slot.schema.json"
"""Stored next to the slots; the reader ignores names that begin with `_`."""
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID_PREFIX = "urn:slot-reconciler:schema:"
_EXAMPLE_KEYS = {
    "text": "What a user says.",
    "value": "What must be extracted from it; if left out, any value is accepted.",
}


def slot_schema(documents: Documents) -> dict[str, Any]:
    """The schema of a slot file, present or absent."""
    schema = schema_of(documents.slot)
    definitions = schema["$defs"]
    _describe_gate(definitions, documents)
    example = definitions["MatchExample"]
    example["description"] = "A text that the slot must match, and what must be extracted from it."
    for key, description in _EXAMPLE_KEYS.items():
        example["properties"][key]["description"] = description
    match = definitions["ExamplesDocument"]["properties"]["match"]
    _array_in(match)["items"] = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/MatchExample"}]}
    schema["patternProperties"] = {
        "^x-": {"description": "For your own use; reconciler ignores it."}
    }
    _describe_overrides(schema, documents)
    _allow_absence(schema, documents)
    return headed(schema, schema_id=_id("slot", documents), title="A reconciler slot")


def settings_schema(documents: Documents) -> dict[str, Any]:
    """The schema of reconciler.yaml."""
    schema = schema_of(documents.settings)
    gate = schema["$defs"]["GateDocument"]["properties"]
    for key, value in documents.gate_defaults().model_dump(mode="json").items():
        gate[key]["default"] = value
    environment = schema["$defs"]["EnvironmentDocument"]["properties"]
    for key in environment.keys() & {*OVERRIDABLE_SETTINGS}:
        del environment[key]["default"]
        environment[key]["description"] += " Default: the project's."
    _each_named(schema["properties"]["environments"])
    schema_id = _id("settings", documents)
    return headed(schema, schema_id=schema_id, title="reconciler.yaml: the settings")


def schema_text(documents: Documents) -> str:
    """The text of the schema file."""
    return json.dumps(slot_schema(documents), indent=2, ensure_ascii=False) + "\n"


def is_ours(data: bytes) -> bool:
    """Whether a file is a schema written by some version of reconciler, for any API."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and str(document.get("$id")).startswith(ID_PREFIX)


def _id(kind: str, documents: Documents) -> str:
    """The id of a schema. Editors cache by it, so that each API needs its own."""
    return f"{ID_PREFIX}{'' if documents is DEFAULT else f'{documents.api}:'}{kind}:1"


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a document, in which a key that is not required may have no value."""
    schema = model.model_json_schema()
    for each in (schema, *schema.get("$defs", {}).values()):
        if each.get("type") != "object":
            continue
        required = each.get("required", [])
        for key, value in each["properties"].items():
            value.pop("title", None)
            if key not in required:
                each["properties"][key] = or_nothing(value)
    return schema


def or_nothing(value: dict[str, Any]) -> dict[str, Any]:
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


def _describe_gate(definitions: dict[str, Any], documents: Documents) -> None:
    """Each key of a slot's gate that the project's gate has too is that one unless it is set."""
    shared = type(documents.gate_defaults()).model_fields
    gate = definitions.get("SlotGateDocument") or definitions["GateDocument"]
    for key, field in shared.items():
        gate["properties"][key]["description"] = f"{field.description} Default: the project's."


def _describe_overrides(schema: dict[str, Any], documents: Documents) -> None:
    """What a slot says for one environment: the keys that may differ there, and no others."""
    properties = schema["properties"]
    schema["$defs"]["Overrides"] = {
        "type": "object",
        "description": "What differs in this environment.",
        "properties": {
            key: or_nothing(value)
            for key, value in properties.items()
            if key in documents.overridable
        },
        "additionalProperties": False,
    }
    _each_named(properties["environments"], {"$ref": "#/$defs/Overrides"})


def _each_named(environments: dict[str, Any], schema: dict[str, Any] | None = None) -> None:
    """Every environment has this schema, or the one that it has already, or no value; and no key
    is anything but the name of an environment."""
    by_name = next(each for each in environments["anyOf"] if each.get("type") == "object")
    (name,) = by_name["patternProperties"]
    by_name["patternProperties"][name] = or_nothing(schema or by_name["patternProperties"][name])
    by_name["additionalProperties"] = False


def _allow_absence(schema: dict[str, Any], documents: Documents) -> None:
    fields = documents.absent_slot.model_fields
    always = [key for key, field in fields.items() if field.is_required()]
    present = [key for key in schema["required"] if key not in always]
    properties = schema["properties"]
    for key in present:
        properties[key] = or_nothing(properties[key])
    schema["required"] = always
    schema["if"] = {"properties": {"state": {"const": "absent"}}, "required": ["state"]}
    schema["else"] = {
        "required": present,
        "properties": {key: {"not": {"type": "null"}} for key in present},
    }
    if documents.sought:
        schema["else"]["allOf"] = [_only_for(key) for key in documents.sought]


def _only_for(kind: str) -> dict[str, Any]:
    """A slot of this type needs the key of the same name, and no other slot may have it."""
    return {
        "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
        "then": {"properties": {kind: {"not": {"type": "null"}}}, "required": [kind]},
        "else": {"properties": {kind: {"type": "null"}}},
    }


def headed(schema: dict[str, Any], *, schema_id: str, title: str) -> dict[str, Any]:
    """The schema as a document of its own."""
    return {"$schema": _DIALECT, "$id": schema_id, **schema, "title": title}
