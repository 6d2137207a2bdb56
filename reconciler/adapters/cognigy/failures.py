"""What a failed attempt means: status codes and httpx's exceptions → our errors, and the pauses.

429                        try again, also a write: it was not carried out
5xx, no answer: a read     try again
5xx, no answer: a write    outcome unknown; the engine reads the slot before it sends again
anything else              final
"""

from __future__ import annotations

import email.utils
import random

import httpx
import tenacity

from reconciler.errors import (
    AuthenticationError,
    ConflictError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ReconcilerError,
    RequestRejectedError,
    TenantError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.ports import Clock

BACKOFF_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 30.0
RATE_BACKOFF_SECONDS = 10.0
"""A 429 without Retry-After: 10, 20, 40, 60 s, at least half of each, so that four waits outlast
the tenant's window of a minute whatever the jitter."""
RATE_BACKOFF_MAX_SECONDS = 60.0
RETRY_AFTER_MAX_SECONDS = 300.0
"""A tenant that asks for a longer pause is reported rather than waited for."""

_REDIRECTED = (
    "Redirects are never followed, for they could carry credentials elsewhere; check "
    "COGNIGY_TENANT and COGNIGY_BASE_URL."
)
_FINAL: dict[int, tuple[type[TenantError], str]] = {
    401: (
        AuthenticationError,
        "A new token did not help: the OAuth client may lack the scope for this.",
    ),
    403: (
        PermissionDeniedError,
        "Check that the OAuth client's role may do this in the bot's workspace, and that the slot "
        "belongs to that workspace.",
    ),
    404: (NotFoundError, ""),
    405: (UnsupportedError, "The tenant has no such route."),
    412: (ConflictError, ""),
}


class Failure(Exception):
    """One failed attempt: what it means if it is the last, and whether another may help.

    `wait` are the seconds that the tenant asked for; `rate` marks a 429.
    """

    def __init__(
        self, error: ReconcilerError, *, again: bool, wait: float | None = None, rate: bool = False
    ) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again
        self.wait = wait
        self.rate = rate


def of_status(
    response: httpx.Response, message: str, *, is_write: bool, wait: float | None
) -> Failure:
    """What a response that is no success means."""
    near = wait is None or wait <= RETRY_AFTER_MAX_SECONDS
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        hint = (
            "Others use the same tenant: lower limits.requests_per_minute, or run it again later."
        )
        return Failure(UnavailableError(message, hint=hint), again=near, wait=wait, rate=True)
    if response.is_server_error and is_write:
        return Failure(OutcomeUnknownError(message, status=response.status_code), again=False)
    if response.is_server_error:
        hint = "The tenant is in trouble; run it again later."
        return Failure(UnavailableError(message, hint=hint), again=near, wait=wait)
    if not response.is_client_error:
        return Failure(MalformedResponseError(message, hint=_REDIRECTED), again=False)
    kind, hint = _FINAL.get(
        response.status_code, (RequestRejectedError, "The tenant will not take it as it is.")
    )
    return Failure(kind(message, hint=hint), again=False)


def of_lost_answer(message: str, *, is_write: bool) -> Failure:
    """What it means that no whole answer arrived."""
    if is_write:
        return Failure(OutcomeUnknownError(message, status=None), again=False)
    hint = (
        "Check COGNIGY_TENANT or COGNIGY_BASE_URL, the network, and the tenant's status; then run "
        "it again."
    )
    return Failure(UnavailableError(message, hint=hint), again=True)


def pause(state: tenacity.RetryCallState) -> float:
    """Seconds before the next attempt: what the tenant asked for, or exponential with jitter."""
    failure = state.outcome.exception() if state.outcome else None
    doublings = state.attempt_number - 1
    if isinstance(failure, Failure) and failure.wait is not None:
        return failure.wait
    if isinstance(failure, Failure) and failure.rate:
        ceiling = min(RATE_BACKOFF_MAX_SECONDS, RATE_BACKOFF_SECONDS * 2**doublings)
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret
    ceiling = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2**doublings)
    return random.uniform(0, ceiling)  # noqa: S311 - full jitter


def retry_after(value: str | None, *, clock: Clock) -> float | None:
    """Seconds to wait by a Retry-After header (seconds, or an HTTP date); None where there is
    none that can be read."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        moment = email.utils.parsedate_to_datetime(value)
        return max(0.0, (moment - clock.now()).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
