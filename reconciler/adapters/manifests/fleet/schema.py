"""The JSON Schema (draft 2020-12) of fleet.yaml and of the files that it includes."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.manifests.fleet.documents import FleetDocument
from reconciler.adapters.manifests.schema import ID_PREFIX, headed, or_nothing, schema_of


def fleet_schema() -> dict[str, Any]:
    """The schema of fleet.yaml, and of a file with `targets` alone, which it includes."""
    schema = schema_of(FleetDocument)
    del schema["required"]
    schema["anyOf"] = [
        {"required": ["version"]},
        {"required": ["targets"], "maxProperties": 1},
        {"maxProperties": 0},
    ]
    for each in (schema, *schema["$defs"].values()):
        for value in each.get("properties", {}).values():
            for option in (value, *value.get("anyOf", ())):
                _only_these_names(option)
    return headed(schema, schema_id=f"{ID_PREFIX}fleet:1", title="fleet.yaml: the fleet")


def _only_these_names(mapping: dict[str, Any]) -> None:
    """A mapping by name has no other keys, and what is an object there may have no value."""
    by_name = mapping.get("patternProperties")
    if by_name is None:
        return
    mapping["additionalProperties"] = False
    for name, value in by_name.items():
        if "$ref" in value:
            by_name[name] = or_nothing(value)
