"""A call of one route: who calls, what for, and what the answer looks like."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reconciler.sandbox.messages import Refused, Request, Response, json_response
from reconciler.sandbox.v2.settings import SandboxUser

Document = dict[str, Any]
"""An object as the API sends it."""

MAX_BODY_BYTES = 60_000


@dataclass(frozen=True)
class Call:
    """A request that has found its route. `ids` are the variable parts of its path."""

    request: Request
    user: SandboxUser
    user_id: str
    ids: tuple[str, ...] = ()

    def body(self) -> Document:
        """The JSON object in the body; raises `Refused` (400) for anything else."""
        try:
            content = json.loads(self.request.body or b"{}")
        except (ValueError, RecursionError):
            raise Refused(400, "The body is not valid JSON.") from None
        if not isinstance(content, dict):
            raise Refused(400, "The body must be an object.")
        return content

    def strings(self, *required: str, optional: Collection[str] = ()) -> dict[str, str]:
        """A body of strings; raises `Refused` (400) for missing, unknown or other values."""
        content = self.body()
        for name in required:
            if name not in content:
                raise Refused(400, f"Field '{name}' is required.")
        for name, value in content.items():
            if name not in required and name not in optional:
                raise Refused(400, f"Field '{name}' is not allowed.")
            if not isinstance(value, str):
                raise Refused(400, f"Field '{name}' must be a string.")
        return content


Handler = Callable[[Call], Response]


@dataclass(frozen=True)
class Route:
    """One route: `path` has `{}` for each id; `right` is the resource and the action, if needed.

    `collection` is the name of the items in HAL, if the answer is a listing.
    """

    method: str
    path: str
    handler: Handler
    right: tuple[str, str] | None = None
    collection: str = ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the part of a path behind the version; the groups are the ids."""
        return re.compile(re.escape(self.path).replace(r"\{\}", "([^/]+)") + "/?")


def answer(document: object, *, status: int = 200) -> Response:
    """An answer with a body."""
    return json_response(status, document)
