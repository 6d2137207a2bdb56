"""Hidden lines at the start of our posts, which identify them and store data for a later run.

A body begins with its marker, and may have more hidden lines below it:

    <!-- reconciler:plan:0123456789abcdef -->
    <!-- reconciler:changes eyJkaWdlc3QiOiJzaGEyNTY64oCmIn0= -->

Neither contains untrusted text as it is: the key of the marker is a hash, the data is Base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from itertools import takewhile

from reconciler.model.base import sha256_of
from reconciler.model.endpoint import Endpoint

LIMIT = 65_000
"""Characters of a body, the hidden lines included; GitHub refuses more than 65,536."""
MAX_HIDDEN = 20_000
"""The longest hidden line that is read back, in characters: people may have edited it."""

_HEAD_LINES = 4
_PREFIX = "<!-- reconciler:"


def marker(kind: str, endpoint: Endpoint, *, environment: str | None = None) -> str:
    """The first line of a body, the same for the same kind, endpoint and environment."""
    return f"{_PREFIX}{kind}:{_key(endpoint, environment)} -->"


def hidden_name(kind: str, endpoint: Endpoint, *, environment: str | None) -> str:
    """The name of a hidden line for one of the environments that a body is about."""
    return f"{kind}:{_key(endpoint, environment)}"


def _key(endpoint: Endpoint, environment: str | None) -> str:
    named = [environment] if environment is not None else []
    return sha256_of([endpoint.origin, endpoint.bot_id, *named])[:16]


def marker_of(body: str) -> str:
    """The marker at the start of a body that we posted."""
    return body.split("\n", 1)[0]


def is_marked(body: str, marker: str) -> bool:
    """Whether the first line is exactly this marker. GitHub may end lines with CR LF."""
    return body.split("\n", 1)[0].removesuffix("\r") == marker


def hidden(name: str, value: Mapping[str, str]) -> str:
    """A line that is not shown and keeps `value`."""
    data = json.dumps(dict(value), sort_keys=True, separators=(",", ":"))
    return f"{_PREFIX}{name} {base64.urlsafe_b64encode(data.encode()).decode()} -->"


def read_hidden(body: str, name: str) -> dict[str, str]:
    """The value that `hidden` stored in `body`; empty if it is missing, damaged or too long."""
    start, end = f"{_PREFIX}{name} ", " -->"
    for line in (each.removesuffix("\r") for each in _head(body)):
        if line.startswith(start) and line.endswith(end) and len(line) <= MAX_HIDDEN:
            return _decoded(line[len(start) : -len(end)])
    return {}


def _head(body: str) -> list[str]:
    """The lines that may be ours: the first few, or as many as are hidden below the marker. Any
    text may follow, even a block of code with a line like ours."""
    lines = body[: _HEAD_LINES * MAX_HIDDEN].split("\n")
    hidden_lines = list(takewhile(lambda line: line.startswith(_PREFIX), lines[1:]))
    return lines[: max(_HEAD_LINES, 1 + len(hidden_lines))]


def _decoded(data: str) -> dict[str, str]:
    try:
        value = json.loads(base64.b64decode(data, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        return {}
    return value
