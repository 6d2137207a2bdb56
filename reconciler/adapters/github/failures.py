"""What a failed attempt means: statuses and lost answers → our errors, and the pauses.

a rate limit               try again when GitHub says, also a write: it was not carried out
5xx, no answer: repeatable try again
5xx, no answer: a creation unknown; look before it is sent again
anything else              final
"""

from __future__ import annotations

import random
from datetime import datetime, timezone

import httpx
import tenacity

from reconciler.errors import GitHubError, UnconfirmedWriteError
from reconciler.ports import Clock

BACKOFF_SECONDS = 1.0
BACKOFF_MAX_SECONDS = 30.0
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


class Failure(Exception):
    """One failed attempt: what it means if it is the last, and whether another may help.

    `wait` are the seconds that GitHub asked for.
    """

    def __init__(self, error: GitHubError, *, again: bool, wait: float | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again
        self.wait = wait


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
    if response.is_server_error and not repeatable:
        return Failure(UnconfirmedWriteError(message, status=status), again=False)
    if response.is_server_error:
        hint = "GitHub is in trouble; run it again later."
        return Failure(GitHubError(message, status=status, hint=hint), again=True)
    hint = _REDIRECTED if response.is_redirect else _HINTS.get(status, "")
    return Failure(GitHubError(message, status=status, hint=hint), again=False)


def of_lost_answer(message: str, *, repeatable: bool) -> Failure:
    """What it means that no whole answer arrived."""
    hint = "Check GITHUB_API_URL and the network; then run it again."
    kind = GitHubError if repeatable else UnconfirmedWriteError
    return Failure(kind(message, hint=hint), again=repeatable)


def rate_limit_wait(response: httpx.Response, *, clock: Clock) -> float | None:
    """The seconds to wait where this is a rate limit, by GitHub's own rules; else None."""
    status = response.status_code
    if status not in (httpx.codes.FORBIDDEN, httpx.codes.TOO_MANY_REQUESTS):
        return None
    after = response.headers.get("retry-after")
    if after is not None:
        return _number(after, default=RATE_BACKOFF_SECONDS)
    if response.headers.get("x-ratelimit-remaining") == "0":
        reset = response.headers.get("x-ratelimit-reset", "")
        now = (clock.now() - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()
        # GitHub's clock and ours may differ by a little.
        return max(0.0, _number(reset, default=now + RATE_BACKOFF_SECONDS) - now) + 1.0
    if status == httpx.codes.TOO_MANY_REQUESTS or b"rate limit" in response.content.lower():
        return RATE_BACKOFF_SECONDS
    return None


def pause(state: tenacity.RetryCallState) -> float:
    """Seconds before the next attempt: what GitHub asked for, or exponential with jitter."""
    failure = state.outcome.exception() if state.outcome else None
    if isinstance(failure, Failure) and failure.wait is not None:
        return failure.wait
    ceiling = min(BACKOFF_MAX_SECONDS, BACKOFF_SECONDS * 2 ** (state.attempt_number - 1))
    return random.uniform(ceiling / 2, ceiling)  # noqa: S311 - jitter, not a secret


def _number(text: str, *, default: float) -> float:
    return float(text.strip()[:12]) if text.strip().isdecimal() else default
