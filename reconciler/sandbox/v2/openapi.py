"""The OpenAPI document of this installation: its routes, and the fields of a slot filler."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from reconciler.sandbox.v2.calls import Document, Route
from reconciler.sandbox.v2.filler_fields import BOOLEANS, TEXTS, TYPES
from reconciler.sandbox.v2.settings import SandboxSettings
from reconciler.sandbox.v2.world import META

PLACE = ("GET", "/openapi/openapi-viewer.json")
_PLACE = re.compile(r"/(\w+?)s/\{\}")
_FILLERS = "/slotfillers"
_FILLER: Document = {
    **{name: {"type": "string"} for name in TEXTS},
    **{name: {"type": "boolean"} for name in BOOLEANS},
    "type": {"type": "string", "enum": list(TYPES)},
}
_ANSWERS = {
    "/flows/{}/slotfillers/{}": ("_id", "referenceId", *_FILLER, *META),
    "/tasks/{}": ("_id", "name", "type", "status", "data", "failReason", *META),
    "/playbooks/{}": ("_id", "name", "abortOnError", "timeout", "steps", *META),
    "/playbooks/{}/runs/{}": ("_id", "status", "stepResults", *META),
}
"""The fields of some answers."""


def described(routes: Iterable[Route], *, settings: SandboxSettings) -> Document:
    """The document, without the paths and fields that the settings take away."""
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        named = f"/v2.0{_PLACE.sub(_named, route.path)}"
        if named not in settings.openapi_lacks:
            operation = _operation(route, settings.openapi_lacks)
            paths.setdefault(named, {})[route.method.lower()] = operation
    return {
        "openapi": "3.0.3",
        "info": {"title": "Cognigy.AI REST API", "version": settings.version},
        "servers": [{"url": "/new/"}],
        "paths": paths,
    }


def _named(place: re.Match[str]) -> str:
    return f"/{place[1]}s/{{{place[1]}Id}}"


def _operation(route: Route, lacks: frozenset[str]) -> Document:
    operation: Document = {"responses": {"default": {"description": "See the sandbox."}}}
    if _FILLERS in route.path and route.method in ("POST", "PATCH"):
        schema = {**_object(_FILLER, lacks), "additionalProperties": False}
        if route.method == "PATCH" and route.path.endswith(_FILLERS):
            schema = _object({"operations": {"type": "array", "items": {"type": "object"}}}, lacks)
        operation["requestBody"] = _json(schema)
    if route.method == "GET" and route.path in _ANSWERS:
        named = {name: _FILLER.get(name, {}) for name in _ANSWERS[route.path]}
        answer = _json(_object(named, lacks))
        operation["responses"]["200"] = {"description": "As asked for.", **answer}
    return operation


def _object(properties: Document, lacks: frozenset[str]) -> Document:
    known = {name: schema for name, schema in properties.items() if name not in lacks}
    return {"type": "object", "properties": known}


def _json(schema: Document) -> Document:
    return {"content": {"application/json": {"schema": schema}}}
