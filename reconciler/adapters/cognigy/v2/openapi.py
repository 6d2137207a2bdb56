"""The tenant's own OpenAPI document, held against the routes and fields that we use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.adapters.cognigy.v2.calls import Document
from reconciler.adapters.cognigy.v2.shapes import FIELDS
from reconciler.model.check import Check, failed, passed, warned
from reconciler.model.listed import listed

PATH = "/openapi/openapi-viewer.json"
_FILLERS = "/flows/{}/slotfillers"
ROUTES = (
    ("GET", "/users/me"),
    ("GET", "/users/me/acl"),
    ("GET", "/projects"),
    ("GET", "/projects/{}/members"),
    ("GET", "/flows"),
    ("GET", "/flows/{}"),
    ("GET", _FILLERS),
    ("POST", _FILLERS),
    ("GET", f"{_FILLERS}/{{}}"),
    ("PATCH", f"{_FILLERS}/{{}}"),
    ("DELETE", f"{_FILLERS}/{{}}"),
    ("POST", "/flows/{}/intents/train"),
    ("GET", "/lexicons/{}/slots"),
    ("GET", "/locales"),
    ("GET", "/tasks"),
    ("GET", "/tasks/{}"),
    ("GET", "/playbooks"),
    ("GET", "/playbooks/{}"),
    ("POST", "/playbooks/{}/schedule"),
    ("GET", "/playbooks/{}/runs/{}"),
    ("GET", "/endpoints"),
)
"""Every route to which we send a request, apart from this document's; `{}` is an id."""
_BODIES: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", _FILLERS): frozenset(FIELDS),
    ("PATCH", f"{_FILLERS}/{{}}"): frozenset(FIELDS),
    ("POST", "/flows/{}/intents/train"): frozenset({"localeId", "mode"}),
    ("POST", "/playbooks/{}/schedule"): frozenset({"entrypoint", "flowId", "localeId"}),
}
"""The fields that we send."""
_HINT = (
    "This version of the tenant is not the one that reconciler was written for. Look for a newer "
    "reconciler, and apply nothing with this one."
)
_DEEPEST = 10


def openapi_checks(document: Document) -> Iterator[Check]:
    """Whether the document has every route that we use, and every field that we send, as far as it
    lists them."""
    operations = dict(_operations(document))
    if not operations:
        yield warned(
            "openapi",
            f"The tenant's {PATH} describes no routes.",
            hint="Look at the API's reference in the console.",
        )
        return
    about = f"The tenant's OpenAPI document (version {_version(document)})"
    yield _routes_check(operations, about=about)
    yield _fields_check(operations, document, about=about)


def _version(document: Document) -> str:
    info = document.get("info")
    return str(info.get("version", "unknown")) if isinstance(info, Mapping) else "unknown"


def _routes_check(operations: Mapping[tuple[str, str], Document], *, about: str) -> Check:
    lacking = [f"{method} {path}" for method, path in ROUTES if (method, path) not in operations]
    if lacking:
        return failed(
            "openapi: routes", f"{about} lacks {listed(lacking)}, which we use.", hint=_HINT
        )
    return passed("openapi: routes", f"{about} has all {len(ROUTES)} routes that we use.")


def _fields_check(
    operations: Mapping[tuple[str, str], Document], document: Document, *, about: str
) -> Check:
    lacking: list[str] = []
    unlisted: list[str] = []
    compared = 0
    for (method, path), ours in _BODIES.items():
        if (method, path) not in operations:
            continue
        theirs = _fields(operations[method, path], document)
        if theirs:
            compared += len(ours)
            lacking += [f"{each} ({method} {path})" for each in sorted(ours - theirs)]
        else:
            unlisted.append(f"{method} {path}")
    if lacking:
        return failed(
            "openapi: fields", f"{about} lacks {listed(lacking)}, which we send.", hint=_HINT
        )
    if not compared:
        return warned(
            "openapi: fields", f"{about} does not list the fields of any of our requests."
        )
    rest = f" It lists none for {listed(unlisted)}." if unlisted else ""
    return passed("openapi: fields", f"{about} has every field that we send.{rest}")


def _operations(document: Document) -> Iterator[tuple[tuple[str, str], Document]]:
    """Every operation by method and path, without the version, and with `{}` for each parameter."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        normal = re.sub(r"\{[^}]*\}", "{}", str(path)).rstrip("/")
        normal = re.sub(r"^(/new)?(/v2\.0)?(?=/)", "", normal)
        for method, operation in item.items() if isinstance(item, Mapping) else ():
            if isinstance(operation, Mapping):
                yield (str(method).upper(), normal), operation


def _fields(operation: Document, document: Document) -> frozenset[str]:
    """The properties of an operation's JSON body; none if it does not list them."""
    body = _resolved(operation.get("requestBody"), document)
    content = body.get("content")
    for kind, media in content.items() if isinstance(content, Mapping) else ():
        if "json" in str(kind) and isinstance(media, Mapping):
            return frozenset(_properties(media.get("schema"), document))
    return frozenset()


def _properties(schema: Any, document: Document, *, depth: int = 0) -> Iterator[str]:
    """Those of a schema, and of all that it is composed of."""
    resolved = _resolved(schema, document)
    properties = resolved.get("properties")
    if isinstance(properties, Mapping):
        yield from map(str, properties)
    if depth >= _DEEPEST:
        return
    for word in ("allOf", "anyOf", "oneOf"):
        parts = resolved.get(word)
        for part in parts if isinstance(parts, list) else ():
            yield from _properties(part, document, depth=depth + 1)


def _resolved(value: Any, document: Document) -> Document:
    """An object, or the one in this document to which it refers; nothing for anything else."""
    for _ in range(_DEEPEST):
        if not isinstance(value, Mapping):
            return {}
        reference = value.get("$ref")
        if not isinstance(reference, str):
            return value
        value = document
        for part in reference.removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            value = value.get(key) if isinstance(value, Mapping) else None
    return {}
