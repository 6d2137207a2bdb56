"""Requests to the tenant: which waits a listener is notified of."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import UnavailableError
from reconciler.model.event import Paused, RateLimited, RequestRepeated
from reconciler.model.settings import Limits
from reconciler.ports import Permission
from tests.support.faults import answered
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
