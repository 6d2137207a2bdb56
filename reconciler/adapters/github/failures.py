"""What a failed attempt means: statuses and lost answers → our errors, and the pauses.

a rate limit                     try again when GitHub says, also a write: it was not carried out
408, 5xx, no answer: repeatable  try again
408, 5xx, no answer: a creation  unknown; look before it is sent again
409, 421, 423, 425, and
most with a Retry-After          try again, also a creation: it was not carried out
anything else                    final, and so is what no repetition mends on the way there
"""

from __future__ import annotations

import httpx

from reconciler.adapters.http.answers import AnswerTooLargeError
from reconciler.adapters.http.attempts import Failure
from reconciler.adapters.http.dead_ends import DeadEndError
from reconciler.adapters.http.pauses import (
    leaves_outcome_open,
    may_pass,
    retry_after,
    server_time,
)
from reconciler.errors import GitHubError, UnconfirmedWriteError
from reconciler.ports import Clock

RATE_BACKOFF_SECONDS = 60.0
"""GitHub asks for at least a minute where a secondary limit names no time."""
RATE_WAIT_MAX_SECONDS = 600.0
"""A limit that lasts longer is reported rather than waited for."""

_HINTS = {
    401: "GITHUB_TOKEN is not valid, or no longer.",
    403: "The job's `permissions` may not allow it: comments need `pull-requests: write`, issues "
    "`issues: write`, artifacts `actions: read`.",
    404: "Check GITHUB_REPOSITORY; GitHub also answers 404 where the token may not look.",
}
_REDIRECTED = "Redirects are not followed: was the repository renamed or moved?"


def of_status(response: httpx.Response, message: str, *, repeatable: bool, clock: Clock) -> Failure:
    """What a response that is no success means."""
    status = response.status_code
    wait = rate_limit_wait(response, clock=clock)
    if wait is not None and wait > RATE_WAIT_MAX_SECONDS:
        hint = f"GitHub's rate limit is used up for another {wait:.0f} s; run it again then."
        return Failure(GitHubError(message, status=status, hint=hint), again=False)
    if wait is not None:
        hint = "GitHub's rate limit is used up; run it again later."
        return Failure(GitHubError(message, status=status, hint=hint), again=True, wait=wait)
    if leaves_outcome_open(response) and not repeatable:
        return Failure(UnconfirmedWriteError(message, status=status), again=False)
    if may_pass(response):
        hint = "GitHub is in trouble; run it again later."
        wait = retry_after(response, clock=clock)
        near = wait is None or wait <= RATE_WAIT_MAX_SECONDS
        return Failure(GitHubError(message, status=status, hint=hint), again=near, wait=wait)
    hint = _REDIRECTED if response.is_redirect else _HINTS.get(status, "")
    return Failure(GitHubError(message, status=status, hint=hint), again=False)


def of_no_answer(
    error: httpx.RequestError, *, about: str, server: str, repeatable: bool
) -> Failure:
    """What it means that no whole answer arrived."""
    kind = GitHubError if repeatable else UnconfirmedWriteError
    if isinstance(error, DeadEndError):
        message = f"{about}: {server} cannot be reached: {error.reason}."
        return Failure(GitHubError(message, hint=error.hint), again=False)
    if isinstance(error, AnswerTooLargeError):
        return Failure(kind(f"{about}: {server} answered with {error}."), again=False)
    message = f"{about}: {server} could not be reached, or broke off ({type(error).__name__})."
    hint = "Check GITHUB_API_URL and the network; then run it again."
    return Failure(kind(message, hint=hint), again=repeatable)


def rate_limit_wait(response: httpx.Response, *, clock: Clock) -> float | None:
    """The seconds to wait where this is a rate limit, by GitHub's own rules; else None."""
    status = response.status_code
    if status not in (httpx.codes.FORBIDDEN, httpx.codes.TOO_MANY_REQUESTS):
        return None
    if "retry-after" in response.headers:
        asked = retry_after(response, clock=clock)
        return RATE_BACKOFF_SECONDS if asked is None else asked
    if response.headers.get("x-ratelimit-remaining") == "0":
        reset = response.headers.get("x-ratelimit-reset", "").strip()
        now = server_time(response, clock=clock).timestamp()
        until = float(reset[:12]) if reset.isdecimal() else now + RATE_BACKOFF_SECONDS
        # A second more, for the limit ends within it.
        return max(0.0, until - now) + 1.0
    if status == httpx.codes.TOO_MANY_REQUESTS or b"rate limit" in response.content.lower():
        return RATE_BACKOFF_SECONDS
    return None
