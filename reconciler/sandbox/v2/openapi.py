"""The OpenAPI document of this installation: its routes, and the fields of a slot filler."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from reconciler.sandbox.v2.calls import Document, Route
from reconciler.sandbox.v2.filler_fields import BOOLEANS, TEXTS, TYPES
from reconciler.sandbox.v2.settings import SandboxSettings

PLACE = ("GET", "/openapi/openapi-viewer.json")
_PLACE = re.compile(r"/(\w+?)s/\{\}")
_FILLERS = "/slotfillers"


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
        properties: dict[str, Any] = {
            **{name: {"type": "string"} for name in TEXTS},
            **{name: {"type": "boolean"} for name in BOOLEANS},
            "type": {"type": "string", "enum": list(TYPES)},
        }
        known = {name: schema for name, schema in properties.items() if name not in lacks}
        schema = {"type": "object", "properties": known, "additionalProperties": False}
        if route.method == "PATCH" and route.path.endswith(_FILLERS):
            operations = {"type": "array", "items": {"type": "object"}}
            schema = {"type": "object", "properties": {"operations": operations}}
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation
