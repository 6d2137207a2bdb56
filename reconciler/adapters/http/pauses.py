"""Which refusals may pass, and how long to wait for that."""

from __future__ import annotations

import email.utils
import random
from dataclasses import dataclass
from datetime import datetime, timezone

import httpx

from reconciler.ports import Clock

_MAY_PASS = frozenset(
    {
        httpx.codes.REQUEST_TIMEOUT,
        httpx.codes.CONFLICT,
        httpx.codes.MISDIRECTED_REQUEST,
        httpx.codes.LOCKED,
        httpx.codes.TOO_EARLY,
        httpx.codes.TOO_MANY_REQUESTS,
    }
)
_FINAL = frozenset(
    {
        httpx.codes.BAD_REQUEST,
        httpx.codes.UNAUTHORIZED,
        httpx.codes.FORBIDDEN,
        httpx.codes.NOT_FOUND,
        httpx.codes.METHOD_NOT_ALLOWED,
        httpx.codes.PRECONDITION_FAILED,
        httpx.codes.UNPROCESSABLE_ENTITY,
    }
)
"""What no Retry-After makes passing: the same request would be refused again."""


def may_pass(response: httpx.Response) -> bool:
    """Whether the same request may succeed later: after a 5xx, a 4xx about the moment, or any
    other 4xx that names a time to come back."""
    status = response.status_code
    if response.is_server_error or status in _MAY_PASS:
        return True
    return response.is_client_error and status not in _FINAL and "Retry-After" in response.headers


def leaves_outcome_open(response: httpx.Response) -> bool:
    """Whether a write that is answered so may have been carried out: the server gave up on it, or
    failed in the middle of it. Every other refusal comes before anything is done."""
    return response.is_server_error or response.status_code == httpx.codes.REQUEST_TIMEOUT


@dataclass(frozen=True)
class Backoff:
    """Pauses that double from `first` to `most` seconds."""

    first: float = 1.0
    most: float = 30.0

    def after(self, attempt: int) -> float:
        """Seconds to wait after the attempt of this number, from 1. Up to half of it is left out
        at random, so that many clients do not come back at once."""
        ceiling = min(self.most, self.first * 2 ** (attempt - 1))
        return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret


def retry_after(response: httpx.Response, *, clock: Clock) -> float | None:
    """The seconds that a Retry-After header asks for; None where none can be read.

    A date is taken relative to the answer's own Date, for the server's clock and ours may differ.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    moment = _date(value)
    if moment is None:
        return None
    return max(0.0, (moment - server_time(response, clock=clock)).total_seconds())


def server_time(response: httpx.Response, *, clock: Clock) -> datetime:
    """When the server answered, by its own clock where it says so, and else by ours."""
    return _date(response.headers.get("Date", "")) or clock.now()


def _date(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    # The older forms of an HTTP date name no zone, and mean UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
