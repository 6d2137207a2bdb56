"""How version 1 of the API refuses, and what a user can do about it."""

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


def _reason(body: Any) -> str:
    reason = body.get("error") if isinstance(body, dict) else None
    return str(reason) if reason else ""


WORDING = Wording(
    variables=("COGNIGY_TENANT", "COGNIGY_BASE_URL"),
    final={
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
    },
    reason=_reason,
)
