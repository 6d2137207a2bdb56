"""What a failed attempt means: status codes and httpx's exceptions → our errors, and the delays.

408, 5xx, lost response:
  of a read                     retry
  of a write                    outcome unknown; the engine reads the slot before sending it again
what the version says is final  final
409, 421, 423, 425, 429, and
most with a Retry-After         retry; writes too, they were not carried out
anything else                   final, as are connection failures that no retry can fix
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from reconciler.adapters.http.answers import AnswerTooLargeError
from reconciler.adapters.http.attempts import Failure
from reconciler.adapters.http.dead_ends import DeadEndError
from reconciler.adapters.http.pauses import leaves_outcome_open, may_pass
from reconciler.errors import (
    MalformedResponseError,
    OutcomeUnknownError,
    RequestRejectedError,
    TenantError,
    UnavailableError,
)
from reconciler.model.backoff import Backoff
from reconciler.model.endpoint import Places

_RATE_BACKOFF = Backoff(first=10.0, most=60.0)
"""After a 429 or a 423, which pass in a minute rather than a second: 10, 20, 40, 60 s, at least
half of each, so that four waits outlast the tenant's window of a minute whatever the jitter."""
RETRY_AFTER_MAX_SECONDS = 300.0
"""A tenant that asks for a longer pause is reported rather than waited for."""


@dataclass(frozen=True)
class Wording:
    """How a version of the API refuses, and what a user can do about it.

    `places` are those of the tenant's address and of our credentials. `final` are the statuses that
    no retry can fix, with the error that each means and its hint. `reason` finds, in the JSON of a
    refusal, what it says.
    """

    places: Places
    final: Mapping[int, tuple[type[TenantError], str]]
    reason: Callable[[Any], str]


def of_status(
    response: httpx.Response,
    message: str,
    *,
    wording: Wording,
    is_write: bool,
    wait: float | None,
) -> Failure:
    """The failure that an unsuccessful response means."""
    status = response.status_code
    if is_write and leaves_outcome_open(response):
        return Failure(OutcomeUnknownError(message, status=status), again=False)
    if status in wording.final:
        kind, hint = wording.final[status]
        return Failure(kind(message, hint=hint), again=False)
    if may_pass(response):
        is_slow = status in (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.LOCKED)
        return Failure(
            UnavailableError(message, hint=_hint_to_wait(response)),
            again=wait is None or wait <= RETRY_AFTER_MAX_SECONDS,
            wait=wait,
            backoff=_RATE_BACKOFF if is_slow else Backoff(),
        )
    if not response.is_client_error:
        hint = (
            "Redirects are never followed, because they could send the credentials to another "
            f"server. Check {wording.places.origin}."
        )
        return Failure(MalformedResponseError(message, hint=hint), again=False)
    hint = "The tenant rejects this request."
    return Failure(RequestRejectedError(message, hint=hint), again=False)


def _hint_to_wait(response: httpx.Response) -> str:
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        return (
            "Others use the same tenant. Lower limits.requests_per_minute, or run it again later."
        )
    if response.is_server_error:
        return "The tenant has a temporary problem. Run it again later."
    return "The tenant is busy, perhaps with a training. Run it again later."


def of_no_answer(
    error: httpx.RequestError,
    *,
    about: str,
    origin: str,
    what: str,
    wording: Wording,
    is_write: bool,
) -> Failure:
    """The failure if no complete response arrived. `what` is the error's own text, redacted."""
    if isinstance(error, DeadEndError):
        message = f"{about}: {origin} cannot be reached: {error.reason}."
        return Failure(UnavailableError(message, hint=error.hint), again=False)
    if isinstance(error, AnswerTooLargeError):
        message = f"{about}: the tenant answered with {what}, which no valid answer needs."
        if is_write:
            return Failure(OutcomeUnknownError(message, status=None), again=False)
        hint = f"Check {wording.places.origin}: this is not the API's answer."
        return Failure(MalformedResponseError(message, hint=hint), again=False)
    if isinstance(error, httpx.TimeoutException):
        what = f"no complete answer in time ({type(error).__name__})"
    what = what or type(error).__name__
    message = f"{about}: {origin} could not be reached, or the connection broke: {what}."
    if is_write:
        return Failure(OutcomeUnknownError(message, status=None), again=False)
    hint = (
        f"Check {wording.places.origin}, the network, and the tenant's status, then run it again."
    )
    return Failure(UnavailableError(message, hint=hint), again=True)
