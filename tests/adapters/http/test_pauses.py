from __future__ import annotations

from datetime import datetime, timezone

import httpx
import pytest

from reconciler.adapters.http.pauses import (
    leaves_outcome_open,
    may_pass,
    retry_after,
    server_time,
)
from tests.support.clock import VirtualClock

NINE = "Mon, 02 Mar 2026 09:00:00 GMT"
TEN = "Mon, 02 Mar 2026 10:00:00 GMT"


def waits(value: str | None, **headers: str) -> float | None:
    given = headers if value is None else {"Retry-After": value, **headers}
    return retry_after(httpx.Response(429, headers=given), clock=VirtualClock())


@pytest.mark.parametrize("status", [408, 409, 421, 423, 425, 429, 500, 502, 503, 504, 599])
def test_server_errors_and_transient_refusals_may_be_retried(status: int) -> None:
    assert may_pass(httpx.Response(status))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 412, 422])
def test_a_final_refusal_stays_final_even_with_a_retry_after(status: int) -> None:
    assert not may_pass(httpx.Response(status, headers={"Retry-After": "1"}))


@pytest.mark.parametrize("status", [402, 410, 418, 451])
def test_any_other_refusal_may_be_retried_with_a_retry_after(status: int) -> None:
    assert not may_pass(httpx.Response(status))
    assert may_pass(httpx.Response(status, headers={"Retry-After": "1"}))


@pytest.mark.parametrize("status", [200, 204, 302])
def test_a_response_that_is_not_a_refusal_is_not_retried(status: int) -> None:
    assert not may_pass(httpx.Response(status, headers={"Retry-After": "1"}))


@pytest.mark.parametrize(
    ("status", "is_open"), [(500, True), (503, True), (408, True), (409, False), (429, False)]
)
def test_only_a_server_that_gave_up_may_have_carried_a_write_out(
    status: int, is_open: bool
) -> None:
    assert leaves_outcome_open(httpx.Response(status)) is is_open


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        (" 0 ", 0.0),
        ("9" * 400, 999_999_999.0),
        ("", None),
        ("soon", None),
        ("-1", None),
    ],
)
def test_seconds_are_taken_literally_and_invalid_values_are_ignored(
    value: str, seconds: float | None
) -> None:
    assert waits(value) == seconds


def test_without_a_header_there_is_nothing_to_wait_for() -> None:
    assert waits(None) is None


def test_a_date_is_relative_to_the_servers_clock_and_never_negative() -> None:
    assert waits(TEN, Date=NINE) == 3600.0
    assert waits(NINE, Date=TEN) == 0.0


def test_without_a_date_in_the_response_our_clock_is_used() -> None:
    assert waits(TEN) == 3600.0  # the clock starts at nine
    assert waits(TEN, Date="nonsense") == 3600.0


@pytest.mark.parametrize("value", ["Mon, 02 Mar 99999999999 10:00:00 GMT", "Mon, 32 Mar 2026", ","])
def test_an_impossible_date_is_ignored(value: str) -> None:
    assert waits(value) is None


def test_the_older_date_formats_mean_utc() -> None:
    response = httpx.Response(200, headers={"Date": "Mon Mar  2 10:00:00 2026"})
    assert server_time(response, clock=VirtualClock()) == datetime(
        2026, 3, 2, 10, tzinfo=timezone.utc
    )
