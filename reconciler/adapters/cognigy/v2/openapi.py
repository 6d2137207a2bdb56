"""The tenant's own OpenAPI document, held against the routes and fields that we use."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
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
    ("GET", "/snapshots"),
    ("POST", "/snapshots"),
)
"""Every route to which we send a request, apart from this document's; `{}` is an id."""
_BODIES: Mapping[tuple[str, str], frozenset[str]] = {
    ("POST", _FILLERS): frozenset(FIELDS),
    ("PATCH", f"{_FILLERS}/{{}}"): frozenset(FIELDS),
    ("POST", "/flows/{}/intents/train"): frozenset({"localeId", "mode"}),
    ("POST", "/playbooks/{}/schedule"): frozenset({"entrypoint", "flowId", "localeId"}),
    ("POST", "/snapshots"): frozenset({"projectId", "name", "description"}),
}
"""The fields that we send."""
_ANSWERS: Mapping[tuple[str, str], frozenset[str]] = {
    ("GET", f"{_FILLERS}/{{}}"): frozenset({"_id", *FIELDS}),
    ("GET", "/tasks/{}"): frozenset({"status", "data"}),
    ("GET", "/playbooks/{}"): frozenset({"steps"}),
    ("GET", "/playbooks/{}/runs/{}"): frozenset({"status", "stepResults"}),
}
"""The fields that we read and cannot do without."""
_HINT = (
    "This version of the tenant is not the one that reconciler was written for. Look for a newer "
    "reconciler, and apply nothing with this one."
)
_DEEPEST = 10


def openapi_checks(document: Document, *, unused: Collection[str] = ()) -> Iterator[Check]:
    """Whether the document has every route that we use, and every field that we send or need to
    read, as far as it lists them; apart from those of `unused` resources, such as playbooks."""
    operations = dict(_operations(document))
    if not operations:
        yield warned(
            "openapi",
            f"The tenant's {PATH} describes no routes.",
            hint="Look at the API's reference in the console.",
        )
        return
    about = f"The tenant's OpenAPI document (version {_version(document)})"
    routes = [each for each in ROUTES if each[1].split("/")[1] not in unused]
    yield _routes_check(operations, routes, about=about)
    for kind in _KINDS:
        yield _fields_check(kind, operations, routes, document, about=about)


def _version(document: Document) -> str:
    info = document.get("info")
    return str(info.get("version", "unknown")) if isinstance(info, Mapping) else "unknown"


def _routes_check(
    operations: Mapping[tuple[str, str], Document],
    routes: Collection[tuple[str, str]],
    *,
    about: str,
) -> Check:
    lacking = [f"{method} {path}" for method, path in routes if (method, path) not in operations]
    if lacking:
        return failed(
            "openapi: routes", f"{about} lacks {listed(lacking)}, which we use.", hint=_HINT
        )
    return passed("openapi: routes", f"{about} has all {len(routes)} routes that we use.")


def _fields_check(
    kind: _Kind,
    operations: Mapping[tuple[str, str], Document],
    routes: Collection[tuple[str, str]],
    document: Document,
    *,
    about: str,
) -> Check:
    lacking: list[str] = []
    unlisted: list[str] = []
    compared = 0
    for route, ours in kind.fields.items():
        if route not in routes or route not in operations:
            continue
        theirs = _fields(kind.part_of(operations[route], document), document)
        if theirs:
            compared += len(ours)
            lacking += [f"{each} ({' '.join(route)})" for each in sorted(ours - theirs)]
        else:
            unlisted.append(" ".join(route))
    if lacking:
        return failed(
            kind.check, f"{about} lacks {listed(lacking)}, which we {kind.verb}.", hint=_HINT
        )
    if not compared:
        return warned(kind.check, f"{about} does not list the fields of any of {kind.noun}.")
    rest = f" It lists none for {listed(unlisted)}." if unlisted else ""
    return passed(kind.check, f"{about} has every field that we {kind.verb}.{rest}")


def _operations(document: Document) -> Iterator[tuple[tuple[str, str], Document]]:
    """Every operation by method and path, without the version, and with `{}` for each parameter."""
    paths = document.get("paths")
    for path, item in paths.items() if isinstance(paths, Mapping) else ():
        normal = re.sub(r"\{[^}]*\}", "{}", str(path)).rstrip("/")
        normal = re.sub(r"^(/new)?(/v2\.0)?(?=/)", "", normal)
        for method, operation in item.items() if isinstance(item, Mapping) else ():
            if isinstance(operation, Mapping):
                yield (str(method).upper(), normal), operation


def _request(operation: Document, document: Document) -> Document:
    return _resolved(operation.get("requestBody"), document)


def _success(operation: Document, document: Document) -> Document:
    """The response to a request that succeeded."""
    responses = operation.get("responses")
    found = responses if isinstance(responses, Mapping) else {}
    successes = sorted(status for status in found if str(status).startswith("2"))
    return _resolved(found[successes[0]], document) if successes else {}


def _fields(part: Document, document: Document) -> frozenset[str]:
    """The properties of a JSON body; none if they are not listed."""
    content = part.get("content")
    for kind, media in content.items() if isinstance(content, Mapping) else ():
        if "json" in str(kind) and isinstance(media, Mapping):
            return frozenset(_properties(media.get("schema"), document))
    return frozenset()


@dataclass(frozen=True)
class _Kind:
    """Fields of our requests or of their answers: the check, how messages speak of it, and which
    part of an operation lists them."""

    check: str
    verb: str
    noun: str
    fields: Mapping[tuple[str, str], frozenset[str]]
    part_of: Callable[[Document, Document], Document]


_KINDS = (
    _Kind("openapi: fields", "send", "our requests", _BODIES, _request),
    _Kind("openapi: answers", "read", "the answers that we read", _ANSWERS, _success),
)


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
