"""How version 2 of the API refuses (RFC 7807), and what a user can do about it."""

from __future__ import annotations

from typing import Any

from reconciler.adapters.cognigy.failures import Wording
from reconciler.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    UnsupportedError,
)
from reconciler.model.endpoint import Places

_DETAIL_CHARACTERS = 230
"""So that the trace id, which support asks for, is not cut off."""


def _reason(body: Any) -> str:
    if not isinstance(body, dict):
        return ""
    said = next((body[key] for key in ("detail", "title", "message") if body.get(key)), "")
    detail = str(said)[:_DETAIL_CHARACTERS].rstrip(".")
    trace = body.get("traceId")
    return f"{detail} (traceId {trace})" if trace else detail


def wording(places: Places) -> Wording:
    """The wording for an access from these places."""
    return Wording(
        places=places,
        final={
            401: (
                AuthenticationError,
                f"Check {places.credentials}, and that it was made on the tenant at "
                f"{places.origin}.",
            ),
            403: (
                PermissionDeniedError,
                "Check the roles that the user of the API key has in the project.",
            ),
            404: (NotFoundError, ""),
            405: (UnsupportedError, "The tenant has no such route."),
            409: (ConflictError, ""),
        },
        reason=_reason,
    )
