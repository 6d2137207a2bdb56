"""What a failed attempt means: statuses and lost responses → our errors, and the delays.

rate limit                       retry when GitHub says; writes too, they were not carried out
408, 5xx, lost response          retry if the request is repeatable
408, 5xx, lost response to a
creation                         unknown; check before sending it again
409, 421, 423, 425, and
most with a Retry-After          retry; creations too, they were not carried out
anything else                    final, as are connection failures that no retry can fix
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
"""GitHub asks for at least a minute if a secondary limit names no time."""
RATE_WAIT_MAX_SECONDS = 600.0
"""A limit that lasts longer is reported rather than waited for."""

_HINTS = {
    401: "GITHUB_TOKEN is invalid or has expired.",
    403: "The job's `permissions` may not allow it: comments and labels need `pull-requests: "
    "write`, a status `statuses: write`, issues `issues: write`, artifacts `actions: read`.",
    404: "Check GITHUB_REPOSITORY. GitHub also answers 404 if the token may not see the resource.",
}
_REDIRECTED = "Redirects are not followed: was the repository renamed or moved?"


def of_status(response: httpx.Response, message: str, *, repeatable: bool, clock: Clock) -> Failure:
    """The failure that an unsuccessful response means."""
    status = response.status_code
    wait = rate_limit_wait(response, clock=clock)
    if wait is not None and wait > RATE_WAIT_MAX_SECONDS:
        hint = f"GitHub's rate limit is used up for another {wait:.0f} s. Run it again after that."
        return Failure(GitHubError(message, status=status, hint=hint), again=False)
    if wait is not None:
        hint = "GitHub's rate limit is used up. Run it again later."
        return Failure(GitHubError(message, status=status, hint=hint), again=True, wait=wait)
    if leaves_outcome_open(response) and not repeatable:
        return Failure(UnconfirmedWriteError(message, status=status), again=False)
    if may_pass(response):
        hint = "GitHub has a temporary problem. Run it again later."
        wait = retry_after(response, clock=clock)
        near = wait is None or wait <= RATE_WAIT_MAX_SECONDS
        return Failure(GitHubError(message, status=status, hint=hint), again=near, wait=wait)
    hint = _REDIRECTED if response.is_redirect else _HINTS.get(status, "")
    return Failure(GitHubError(message, status=status, hint=hint), again=False)


def of_no_answer(
    error: httpx.RequestError, *, about: str, server: str, repeatable: bool
) -> Failure:
    """The failure if no complete response arrived."""
    kind = GitHubError if repeatable else UnconfirmedWriteError
    if isinstance(error, DeadEndError):
        message = f"{about}: {server} cannot be reached: {error.reason}."
        return Failure(GitHubError(message, hint=error.hint), again=False)
    if isinstance(error, AnswerTooLargeError):
        return Failure(kind(f"{about}: {server} answered with {error}."), again=False)
    kind_of_loss = type(error).__name__
    message = f"{about}: {server} could not be reached, or the connection broke ({kind_of_loss})."
    hint = "Check GITHUB_API_URL and the network, then run it again."
    return Failure(kind(message, hint=hint), again=repeatable)


def rate_limit_wait(response: httpx.Response, *, clock: Clock) -> float | None:
    """The seconds to wait if this is a rate limit, by GitHub's own rules; otherwise None."""
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
        # One second more, because the limit ends within that second.
        return max(0.0, until - now) + 1.0
    if status == httpx.codes.TOO_MANY_REQUESTS or b"rate limit" in response.content.lower():
        return RATE_BACKOFF_SECONDS
    return None
