"""What a failed request to the tenant means, and whether it is retried."""

from __future__ import annotations

import httpx
import pytest

from reconciler.adapters.cognigy.failures import of_no_answer, of_status
from reconciler.adapters.cognigy.v1.wording import wording
from reconciler.adapters.http.answers import AnswerTooLargeError
from reconciler.adapters.http.attempts import Failure
from reconciler.adapters.http.dead_ends import DeadEnd, DeadEndError
from reconciler.errors import (
    AuthenticationError,
    ConflictError,
    MalformedResponseError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ReconcilerError,
    RequestRejectedError,
    UnavailableError,
    UnsupportedError,
)
from reconciler.model.endpoint import VARIABLES

WORDING = wording(VARIABLES["bot"])


def status(
    code: int, *, is_write: bool = False, wait: float | None = None, **headers: str
) -> Failure:
    response = httpx.Response(code, headers=headers)
    return of_status(response, "It failed.", wording=WORDING, is_write=is_write, wait=wait)


def lost(error: httpx.RequestError, *, is_write: bool = False, what: str = "") -> Failure:
    return of_no_answer(
        error,
        about="Listing",
        origin="https://acme",
        what=what,
        wording=WORDING,
        is_write=is_write,
    )


@pytest.mark.parametrize("code", [408, 500, 502, 503, 504])
def test_after_a_server_gave_up_a_read_is_retried_and_a_write_is_unknown(
    code: int,
) -> None:
    read, write = status(code), status(code, is_write=True)
    assert (type(read.error), read.again) == (UnavailableError, True)
    assert (type(write.error), write.again) == (OutcomeUnknownError, False)
    assert isinstance(write.error, OutcomeUnknownError)
    assert write.error.status == code


@pytest.mark.parametrize("code", [409, 421, 423, 425, 429])
def test_a_transient_refusal_is_retried_even_for_a_write(code: int) -> None:
    for is_write in (False, True):
        failure = status(code, is_write=is_write, wait=7.0)
        assert (type(failure.error), failure.again, failure.wait) == (UnavailableError, True, 7.0)


@pytest.mark.parametrize(("wait", "again"), [(None, True), (300.0, True), (300.1, False)])
def test_a_long_pause_is_reported_rather_than_waited_for(wait: float | None, again: bool) -> None:
    assert status(429, wait=wait).again is again


@pytest.mark.parametrize(("code", "least"), [(429, 5.0), (423, 5.0), (503, 0.5), (409, 0.5)])
def test_a_refusal_that_lasts_a_minute_is_retried_less_often(code: int, least: float) -> None:
    assert least <= status(code).pause(1) <= 2 * least


@pytest.mark.parametrize(
    ("code", "hint"),
    [(429, "Others use the same tenant"), (503, "temporary problem"), (409, "is busy")],
)
def test_the_hint_says_what_to_wait_for(code: int, hint: str) -> None:
    assert hint in status(code).error.hint


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (400, RequestRejectedError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, UnsupportedError),
        (410, RequestRejectedError),
        (412, ConflictError),
        (422, RequestRejectedError),
    ],
)
def test_any_other_refusal_is_final(code: int, kind: type[ReconcilerError]) -> None:
    for is_write in (False, True):
        failure = status(code, is_write=is_write)
        assert (type(failure.error), failure.again) == (kind, False)


@pytest.mark.parametrize("code", [301, 302, 307, 304])
def test_a_redirect_is_refused_with_the_reason(code: int) -> None:
    failure = status(code, is_write=True)
    assert (type(failure.error), failure.again) == (MalformedResponseError, False)
    assert "COGNIGY_BASE_URL" in failure.error.hint


def test_after_a_lost_response_a_read_is_retried_and_a_write_is_unknown() -> None:
    for error in (httpx.ConnectError("refused"), httpx.ReadTimeout("slow")):
        read, write = lost(error), lost(error, is_write=True)
        assert (type(read.error), read.again) == (UnavailableError, True)
        assert (type(write.error), write.again) == (OutcomeUnknownError, False)


def test_the_message_has_the_error_or_its_type_if_the_error_says_nothing() -> None:
    assert (
        "connection broke: refused." in lost(httpx.ConnectError("x"), what="refused").error.message
    )
    assert "connection broke: ConnectError." in lost(httpx.ConnectError("")).error.message
    timeout = lost(httpx.ReadTimeout("x"), what="ignored").error.message
    assert timeout.endswith("no complete answer in time (ReadTimeout).")


def test_a_failure_that_no_retry_can_fix_is_final() -> None:
    dead_end = DeadEndError(
        DeadEnd("the name does not exist", "Check it."),
        request=httpx.Request("GET", "https://acme"),
    )
    for is_write in (False, True):
        failure = lost(dead_end, is_write=is_write)
        assert (type(failure.error), failure.again) == (UnavailableError, False)
        assert failure.error.message.endswith("cannot be reached: the name does not exist.")
        assert failure.error.hint == "Check it."


def test_an_answer_that_is_too_large_is_malformed() -> None:
    error = AnswerTooLargeError("more than 1,000 bytes")
    read = lost(error, what="more than 1,000 bytes")
    assert (type(read.error), read.again) == (MalformedResponseError, False)
    assert "answered with more than 1,000 bytes" in read.error.message
    write = lost(error, is_write=True, what="x")
    assert (type(write.error), write.again) == (OutcomeUnknownError, False)
