"""Snapshots, each taken by a task, and found in the list afterwards."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.errors import (
    OutcomeUnknownError,
    PermissionDeniedError,
    RequestRejectedError,
    TenantError,
    UnavailableError,
)
from reconciler.model.settings import Settings, Snapshot
from reconciler.sandbox.v2.settings import READER
from tests.support.faults import answered, lost_after, lost_before, stored_then
from tests.support.shop import FLOW, ORDER, Shop, filler

LIST = "/snapshots"


def shop(**details: Any) -> Shop:
    return Shop(filler(ORDER), **details)


def take(bot: Shop, name: str = "ours", *, seconds: float = 600.0) -> None:
    with bot.tenant() as tenant:
        until = bot.clock.monotonic() + seconds
        tenant.take_snapshot(name, description="Before a change.", until=until)


def names(bot: Shop) -> list[str]:
    return [str(each["name"]) for each in bot.sandbox.console.snapshots()]


def test_it_has_the_name_and_a_description_and_is_there_afterwards() -> None:
    bot = shop()
    before = names(bot)
    take(bot)
    (request,) = bot.sent("POST", LIST)
    assert request.body == {
        "projectId": bot.sandbox.project_id,
        "name": "ours",
        "description": "Before a change.",
    }
    assert names(bot) == [*before, "ours"]
    assert bot.sent("DELETE") == []


@pytest.mark.parametrize(
    "sandbox",
    [
        {"snapshot_seconds": 120.0},
        {"late_task_seconds": 10.0},
        {"created_status": 200},
        {"page_cap": 1},
    ],
)
def test_it_is_waited_for(sandbox: dict[str, Any]) -> None:
    bot = shop(**sandbox)
    take(bot)
    assert "ours" in names(bot)


def test_where_there_is_no_room_nothing_is_asked_for() -> None:
    bot = shop()
    for number in range(9):
        take(bot, str(number))
    before, sent = names(bot), len(bot.sent("POST"))
    with pytest.raises(RequestRejectedError, match="has 10 of at most 10") as refused:
        take(bot)
    assert "Delete one" in refused.value.hint
    assert (names(bot), len(bot.sent("POST"))) == (before, sent)


def test_a_tenant_may_keep_fewer_or_more_than_usual() -> None:
    bot = shop(settings=Settings(flow=FLOW, snapshot=Snapshot(max_snapshots=1)))
    with pytest.raises(RequestRejectedError, match="has 1 of at most 1"):
        take(bot)
    bot.settings = Settings(flow=FLOW, snapshot=Snapshot(max_snapshots=20))
    bot.sandbox.configure(max_snapshots=20)
    for number in range(12):
        take(bot, str(number))
    assert len(names(bot)) == 13


def test_a_task_that_ends_with_an_error_says_why() -> None:
    bot = shop(failed_snapshots=1)
    with pytest.raises(RequestRejectedError, match="ended with error: The snapshot could not"):
        take(bot)
    assert "ours" not in names(bot)


def test_a_task_that_takes_too_long_is_not_waited_for_any_longer() -> None:
    bot = shop(snapshot_seconds=1000.0)
    begun = bot.clock.monotonic()
    with pytest.raises(UnavailableError, match="has not ended in time") as late:
        take(bot, seconds=100.0)
    assert bot.clock.monotonic() - begun <= 100.0
    assert "snapshot.timeout_seconds" in late.value.hint


@pytest.mark.parametrize("fault", [lost_after, stored_then(502)])
def test_one_whose_answer_is_lost_is_found_by_its_name(fault: Any) -> None:
    bot = shop(snapshot_seconds=20.0)
    bot.inject("POST", LIST, fault)
    take(bot)
    assert names(bot).count("ours") == 1


def test_one_that_never_arrived_is_not_taken_for_done() -> None:
    bot = shop()
    bot.inject("POST", LIST, lost_before)
    begun = bot.clock.monotonic()
    with pytest.raises(OutcomeUnknownError):
        take(bot)
    assert bot.clock.monotonic() - begun <= 60.0
    assert len(bot.sent("POST", LIST)) == 0
    assert "ours" not in names(bot)


@pytest.mark.parametrize("body", [None, {}, [], {"_id": 1}])
def test_an_answer_without_a_task_says_nothing(body: object) -> None:
    bot = shop()
    bot.inject("POST", LIST, answered(201, body))
    with pytest.raises(OutcomeUnknownError):
        take(bot)


def test_one_that_is_done_and_never_listed_is_not_taken_for_there() -> None:
    bot = shop()

    def hidden(request: httpx.Request, answer: Any) -> httpx.Response:
        response: httpx.Response = answer(request)
        items = [each for each in response.json()["items"] if each["name"] != "ours"]
        return httpx.Response(200, json={**response.json(), "items": items, "total": len(items)})

    bot.inject("GET", LIST, hidden, times=1000)
    with pytest.raises(UnavailableError, match="not listed"):
        take(bot)


def test_a_key_that_may_not_take_one_says_which_right_is_missing() -> None:
    bot = shop(user=READER)
    with pytest.raises(PermissionDeniedError) as refused:
        take(bot)
    assert "create snapshots (role snapshot_admin)" in refused.value.hint


def test_a_tenant_that_refuses_is_quoted() -> None:
    bot = shop()
    bot.inject("POST", LIST, answered(400, {"detail": "Too many."}))
    with pytest.raises(TenantError, match="Too many"):
        take(bot)
