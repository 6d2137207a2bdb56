"""Requests to the tenant: which waits a listener is notified of."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from reconciler.errors import UnavailableError
from reconciler.model.event import (
    Paused,
    RateLimited,
    RequestAnswered,
    RequestRepeated,
    RequestSent,
)
from reconciler.model.settings import Limits
from reconciler.ports import Permission
from tests.support.faults import answered, lost_before
from tests.support.world import FRUIT, World, document


def test_a_retry_is_announced_with_its_reason(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)])
    bot.inject("GET", "/slots", answered(429, headers={"Retry-After": "40"}))
    with bot.tenant(Permission.READ) as tenant:
        begun = bot.clock.monotonic()
        tenant.list_slots()
    (repeated,) = bot.observer.of(RequestRepeated)
    assert repeated.reason == "Listing the slots: the tenant answered 429."
    assert (repeated.attempt, repeated.attempts) == (2, bot.settings.limits.max_attempts)
    assert repeated.seconds == 40.0
    assert repeated.until == begun + 40.0
    assert bot.observer.of(Paused) == []  # the request itself has waited


def test_a_pause_that_also_delays_the_next_request_is_announced(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], limits=Limits(max_attempts=1))
    bot.inject("GET", "/slots", answered(429, headers={"Retry-After": "40"}))
    with bot.tenant(Permission.READ) as tenant:
        begun = bot.clock.monotonic()
        with pytest.raises(UnavailableError):
            tenant.list_slots()
        bot.clock.advance(10.0)
        tenant.list_slots()
    (paused,) = bot.observer.of(Paused)
    assert (paused.seconds, paused.until) == (30.0, begun + 40.0)
    assert bot.observer.of(RequestRepeated) == []


def test_a_wait_for_the_rate_limit_is_announced(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], limits=Limits(requests_per_minute=3))
    with bot.tenant(Permission.READ) as tenant:
        for _ in range(2):
            tenant.list_slots()
    waited = bot.observer.of(RateLimited)
    assert waited
    assert all(each.limit == 3 and 0 < each.seconds <= 61 for each in waited)
    assert waited[-1].until <= bot.clock.monotonic()


def test_each_request_is_announced_and_then_its_answer_with_the_tenants_id_of_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], limits=Limits(max_attempts=1))
    bot.inject("GET", "/slots", answered(503, headers={"X-Request-Id": "req_7"}))
    caplog.set_level(logging.DEBUG, "reconciler")
    with bot.tenant(Permission.READ) as tenant, pytest.raises(UnavailableError):
        tenant.list_slots()
    requests = [
        each for each in bot.observer.heard if isinstance(each, (RequestSent, RequestAnswered))
    ]
    assert [(type(each), each.path.split("?")[0]) for each in requests] == [
        (RequestSent, "/oauth/token"),
        (RequestAnswered, "/oauth/token"),
        (RequestSent, "/api/v1/slots"),
        (RequestAnswered, "/api/v1/slots"),
    ]
    refused = bot.observer.of(RequestAnswered)[-1]
    assert (refused.method, refused.status, refused.request_id) == ("GET", 503, "req_7")
    assert caplog.messages[-1].startswith("GET /api/v1/slots?")
    assert caplog.messages[-1].endswith(" -> 503 (0 ms, request id req_7)")


def test_a_request_that_is_not_answered_has_ended_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], limits=Limits(max_attempts=1))
    bot.inject("GET", "/slots", lost_before)
    caplog.set_level(logging.DEBUG, "reconciler")
    with bot.tenant(Permission.READ) as tenant, pytest.raises(UnavailableError):
        tenant.list_slots()
    assert bot.observer.of(RequestAnswered)[-1].status is None
    assert "Error (" in caplog.messages[-1]


def test_a_request_id_that_echoes_the_secret_is_redacted(tmp_path: Path) -> None:
    bot = World(tmp_path, live=[document(FRUIT)], limits=Limits(max_attempts=1))
    bot.inject("GET", "/slots", answered(503, headers={"X-Request-Id": "a sandbox-secret b"}))
    with bot.tenant(Permission.READ) as tenant, pytest.raises(UnavailableError):
        tenant.list_slots()
    assert bot.observer.of(RequestAnswered)[-1].request_id == "a [redacted] b"
