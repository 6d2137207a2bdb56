"""Which failures are transient, and how long a server asks to wait before retrying."""

from __future__ import annotations

import email.utils
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
"""Final even with a Retry-After header: the same request would be refused again."""


def may_pass(response: httpx.Response) -> bool:
    """Whether the same request may succeed later: after a 5xx, a transient 4xx, or most other 4xx
    with a Retry-After header."""
    status = response.status_code
    if response.is_server_error or status in _MAY_PASS:
        return True
    return response.is_client_error and status not in _FINAL and "Retry-After" in response.headers


def leaves_outcome_open(response: httpx.Response) -> bool:
    """Whether a write that got this response may have been carried out: the server gave up on it or
    failed halfway. Any other refusal means that nothing was done."""
    return response.is_server_error or response.status_code == httpx.codes.REQUEST_TIMEOUT


def retry_after(response: httpx.Response, *, clock: Clock) -> float | None:
    """The seconds that a Retry-After header asks for, or None if there is no valid one.

    A date is measured from the response's own Date, because the server's clock may differ from
    ours.
    """
    value = response.headers.get("Retry-After", "").strip()
    if value.isdecimal():
        return float(value[:9])
    moment = _date(value)
    if moment is None:
        return None
    return max(0.0, (moment - server_time(response, clock=clock)).total_seconds())


def server_time(response: httpx.Response, *, clock: Clock) -> datetime:
    """When the server answered: by its own clock if it sent a Date, otherwise by ours."""
    return sent_at(response.headers) or clock.now()


def sent_at(headers: httpx.Headers) -> datetime | None:
    """When an answer was sent, by its server's clock; None if that has no valid Date."""
    return _date(headers.get("Date", ""))


def _date(text: str) -> datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    # The older HTTP date formats have no time zone; they mean UTC.
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
