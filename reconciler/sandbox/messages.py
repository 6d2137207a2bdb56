"""Requests and responses without a web framework, and the exception that becomes a response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Request:
    """One request; `path` is percent-decoded, header names are lower-case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Response:
    """One complete response; header names are lower-case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    cut: bool = False  # the connection ends before this arrives whole


class Answering(Protocol):
    """Anything that answers requests: a tenant of any dialect."""

    def handle(self, request: Request) -> Response:
        """Answer one request. Never raises."""
        ...


REMEMBERED_REQUESTS = 10_000
"""How many requests a tenant remembers."""


@dataclass(frozen=True)
class RequestRecord:
    """What the tenant remembers of a request; `body` is its parsed JSON, or None."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]
    body: object
    status: int

    @classmethod
    def of(cls, request: Request, response: Response, *, at: float) -> RequestRecord:
        """The record of a request that was answered."""
        return cls(
            at=at,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            body=parsed_json(request.body),
            status=response.status,
        )


class Refused(Exception):
    """A request that is answered with an error; each dialect has its own shape for it."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        """Take what the response will hold."""
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = dict(headers or {})


def json_response(
    status: int, content: object, headers: Mapping[str, str] | None = None
) -> Response:
    """A response with a JSON body."""
    # ASCII, because a stored name may hold half a surrogate pair, which UTF-8 cannot.
    body = json.dumps(content, separators=(",", ":")).encode()
    return Response(status, {"content-type": "application/json", **(headers or {})}, body)


def parsed_json(body: bytes) -> object:
    """The parsed JSON body; None if it is not JSON (so a form with a secret is not kept)."""
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        return None
