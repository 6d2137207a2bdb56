"""What a failed request to GitHub means, and whether it is retried."""

from __future__ import annotations

import httpx
import pytest

from reconciler.adapters.github.failures import of_no_answer, of_status, rate_limit_wait
from reconciler.adapters.http.answers import AnswerTooLargeError
from reconciler.adapters.http.attempts import Failure
from reconciler.adapters.http.dead_ends import DeadEnd, DeadEndError
from reconciler.errors import GitHubError, UnconfirmedWriteError
from tests.support.clock import VirtualClock

NOW = VirtualClock().now().timestamp()


def response(code: int, text: str = "", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(code, text=text, headers=named)


def failure(answer: httpx.Response, *, repeatable: bool = True) -> Failure:
    return of_status(answer, "It failed.", repeatable=repeatable, clock=VirtualClock())


def lost(error: httpx.RequestError, *, repeatable: bool = True) -> Failure:
    return of_no_answer(error, about="Reading", server="https://api", repeatable=repeatable)


@pytest.mark.parametrize("code", [408, 500, 502, 503])
def test_after_a_server_gave_up_a_request_is_retried_unless_it_is_a_creation(
    code: int,
) -> None:
    again, once = failure(response(code)), failure(response(code), repeatable=False)
    assert (type(again.error), again.again) == (GitHubError, True)
    assert (type(once.error), once.again) == (UnconfirmedWriteError, False)


@pytest.mark.parametrize("code", [409, 421, 423, 425])
def test_a_transient_refusal_is_retried_even_for_a_creation(code: int) -> None:
    assert failure(response(code), repeatable=False).again


@pytest.mark.parametrize(("wait", "again"), [("600", True), ("601", False)])
def test_a_long_pause_is_reported_rather_than_waited_for(wait: str, again: bool) -> None:
    found = failure(response(503, Retry_After=wait))
    assert (found.again, found.wait) == (again, float(wait))
    limited = failure(response(429, Retry_After=wait))
    assert limited.again is again
    assert ("another 601 s" in limited.error.hint) is not again


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        (401, "GITHUB_TOKEN"),
        (403, "permissions"),
        (404, "GITHUB_REPOSITORY"),
        (302, "Redirects"),
        (422, ""),
    ],
)
def test_any_other_refusal_is_final_and_has_a_hint(code: int, hint: str) -> None:
    found = failure(response(code))
    assert not found.again
    assert hint in found.error.hint
    assert bool(found.error.hint) is bool(hint)


@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (response(200, Retry_After="7"), None),
        (response(404, "rate limit"), None),
        (response(403), None),
        (response(403, "You have exceeded a secondary Rate Limit."), 60.0),
        (response(429), 60.0),
        (response(429, Retry_After="7"), 7.0),
        (response(403, Retry_After="7"), 7.0),
        (response(403, Retry_After="soon"), 60.0),
        (response(403, x_ratelimit_remaining="1"), None),
        (response(403, x_ratelimit_remaining="0"), 61.0),
        (response(403, x_ratelimit_remaining="0", x_ratelimit_reset="soon"), 61.0),
        (response(403, x_ratelimit_remaining="0", x_ratelimit_reset=f"{NOW + 30:.0f}"), 31.0),
        (response(429, x_ratelimit_remaining="0", x_ratelimit_reset=f"{NOW - 30:.0f}"), 1.0),
    ],
)
def test_the_wait_for_a_rate_limit_is_as_long_as_github_says(
    answer: httpx.Response, wait: float | None
) -> None:
    assert rate_limit_wait(answer, clock=VirtualClock()) == wait


def test_a_reset_is_measured_by_githubs_own_clock() -> None:
    answer = response(
        403,
        x_ratelimit_remaining="0",
        x_ratelimit_reset=f"{NOW + 3630:.0f}",
        Date="Mon, 02 Mar 2026 10:00:00 GMT",  # an hour after ours
    )
    assert rate_limit_wait(answer, clock=VirtualClock()) == 31.0


def test_after_a_lost_response_a_request_is_retried_unless_it_is_a_creation() -> None:
    again, once = lost(httpx.ReadTimeout("x")), lost(httpx.ReadTimeout("x"), repeatable=False)
    assert (type(again.error), again.again) == (GitHubError, True)
    assert (type(once.error), once.again) == (UnconfirmedWriteError, False)
    assert "(ReadTimeout)" in again.error.message


def test_a_failure_that_no_retry_can_fix_is_final() -> None:
    error = DeadEndError(
        DeadEnd("no such name", "Check it."), request=httpx.Request("GET", "https://api")
    )
    for repeatable in (True, False):
        found = lost(error, repeatable=repeatable)
        assert (type(found.error), found.again) == (GitHubError, False)
        assert found.error.hint == "Check it."


def test_an_answer_that_is_too_large_is_final() -> None:
    error = AnswerTooLargeError("more than 1,000 bytes")
    assert (type(lost(error).error), lost(error).again) == (GitHubError, False)
    once = lost(error, repeatable=False)
    assert (type(once.error), once.again) == (UnconfirmedWriteError, False)
    assert "answered with more than 1,000 bytes" in once.error.message
