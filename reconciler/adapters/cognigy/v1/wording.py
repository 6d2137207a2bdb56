"""How version 1 of the API refuses, and what a user can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.adapters.cognigy.failures import Wording
from reconciler.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    TenantError,
    UnsupportedError,
)
from reconciler.model.endpoint import Places


def _reason(body: Any) -> str:
    reason = body.get("error") if isinstance(body, dict) else None
    return str(reason) if reason else ""


def wording(places: Places) -> Wording:
    """The wording for an access from these places."""
    return Wording(places=places, final=_FINAL, reason=_reason)


_FINAL: Mapping[int, tuple[type[TenantError], str]] = {
    401: (
        AuthenticationError,
        "A new token did not help. The OAuth client may lack the scope for this.",
    ),
    403: (
        PermissionDeniedError,
        "Check that the OAuth client's role allows this in the bot's workspace, and that the "
        "slot belongs to that workspace.",
    ),
    404: (NotFoundError, ""),
    405: (UnsupportedError, "The tenant has no such route."),
    412: (ConflictError, ""),
}
