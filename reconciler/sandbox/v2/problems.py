"""Errors as RFC 7807 describes them."""

from __future__ import annotations

from http import HTTPStatus

from reconciler.sandbox.messages import Refused, Response, json_response

_CODES = {400: 1005, 404: 1002, 409: 1004, 500: 1008}


def problem(refused: Refused, *, instance: str, trace_id: str) -> Response:
    """The error as a response; `instance` is the path that was asked for."""
    content = {
        "type": "about:blank",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.message,
        "instance": instance,
        "code": _CODES.get(refused.status, refused.status),
        "traceId": trace_id,
        "details": {},
    }
    headers = {**refused.headers, "content-type": "application/problem+json"}
    return json_response(refused.status, content, headers)
