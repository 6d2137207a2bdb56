"""Training a flow by tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from reconciler.errors import (
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    TrainingTimeoutError,
    UntrainableError,
)
from reconciler.model.settings import Settings
from reconciler.model.settings import Training as TrainingSettings
from reconciler.sandbox.v2.settings import READER
from tests.support.faults import answered, lost_after, lost_before, stored_then
from tests.support.shop import FLOW, ORDER, OTHER_FLOW, Shop, content, desired, filler

TRAIN = "/intents/train"


def shop(*, timeout: float = 600.0, every: float = 3.0, **details: Any) -> Shop:
    """A flow with one filler, which was changed since it was trained."""
    train = TrainingSettings(timeout_seconds=timeout, poll_interval_seconds=every)
    given = {"files": (desired(ORDER),), "settings": Settings(flow=FLOW, train=train), **details}
    bot = Shop(filler(ORDER), **given)
    bot.sandbox.console.edit(FLOW, ORDER, regex="/new/")
    return bot


def train(bot: Shop) -> None:
    with bot.tenant() as tenant:
        live = tenant.read_slot(ORDER)
        assert live is not None
        assert tenant.train(live) is None


def tasks(bot: Shop) -> list[dict[str, Any]]:
    query = {"projectId": bot.sandbox.project_id, "limit": "100"}
    items: list[dict[str, Any]] = bot.ask("GET", "/tasks", **query)["items"]
    return items


def test_the_flow_is_trained_in_full_in_every_locale() -> None:
    bot = shop(flows=({"name": OTHER_FLOW},))
    train(bot)
    locales = bot.ask("GET", "/locales", projectId=bot.sandbox.project_id)["items"]
    assert [each.body for each in bot.sent("POST", TRAIN)] == [
        {"localeId": locale["_id"], "mode": "full"} for locale in locales
    ]
    assert {each.path.split("/")[4] for each in bot.sent("POST", TRAIN)} == {bot.flows[0]["_id"]}
    assert [each["status"] for each in tasks(bot)] == ["done", "done"]
    assert not bot.sandbox.console.is_out_of_date(FLOW)


def test_a_task_is_looked_at_until_it_is_done() -> None:
    bot = shop(training_seconds=20.0, every=5.0)
    begun = bot.clock.monotonic()
    train(bot)
    assert bot.clock.monotonic() - begun >= 40.0
    looks = [each for each in bot.sandbox.requests if "/tasks/" in each.path]
    assert len(looks) == 10  # every 5 s, for a little more than 20 s in each of two locales
    assert all(each.query["projectId"] == bot.sandbox.project_id for each in looks)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            {"failed_trainings": 1, "fail_reason": "Too few."},
            r"in English ended with error: Too few\.$",
        ),
        ({"cancelled_trainings": 1}, "in English ended with cancelled"),
        ({"untrainable": "new"}, "ended with error"),
    ],
)
def test_a_task_that_ends_otherwise_is_a_failed_training(fault: dict[str, Any], said: str) -> None:
    bot = shop(**fault)
    with pytest.raises(UntrainableError, match=said):
        train(bot)
    assert len(bot.sent("POST", TRAIN)) == 1


def test_a_training_that_takes_too_long_has_failed() -> None:
    bot = shop(training_seconds=100.0, timeout=60.0)
    begun = bot.clock.monotonic()
    with pytest.raises(UntrainableError, match="after 60 s"):
        train(bot)
    assert 59.0 < bot.clock.monotonic() - begun <= 60.0


def test_each_locale_has_its_own_time() -> None:
    train(shop(training_seconds=50.0, timeout=60.0))


def test_a_task_that_is_not_found_yet_is_not_done() -> None:
    bot = shop(late_task_seconds=10.0)
    train(bot)
    assert not bot.sandbox.console.is_out_of_date(FLOW)
    assert 404 in [each.status for each in bot.sandbox.requests]


def test_a_task_that_is_never_found_is_a_failed_training() -> None:
    bot = shop(late_task_seconds=10_000.0)
    with pytest.raises(UntrainableError, match="has not ended"):
        train(bot)


def unreachable_after_the_start(bot: Shop, *, times: int) -> None:
    """Let the first looks at the first task fail."""

    def start(request: httpx.Request, answer: Callable[..., httpx.Response]) -> httpx.Response:
        task = answer(request)
        bot.inject("GET", task.json()["_id"], answered(503), times=times)
        return task

    bot.inject("POST", TRAIN, start)


def test_it_is_unknown_how_a_training_ended_on_a_tenant_that_is_unreachable_since() -> None:
    bot = shop(timeout=60.0)
    unreachable_after_the_start(bot, times=999)
    with pytest.raises(OutcomeUnknownError, match="503"):
        train(bot)


def test_a_training_that_is_seen_after_an_outage_has_taken_too_long() -> None:
    bot = shop(timeout=60.0, training_seconds=10_000.0)
    unreachable_after_the_start(bot, times=5)
    with pytest.raises(TrainingTimeoutError, match="has not ended"):
        train(bot)


def test_an_unreachable_tenant_is_waited_for() -> None:
    bot = shop(training_seconds=30.0)
    unreachable_after_the_start(bot, times=7)
    train(bot)
    assert not bot.sandbox.console.is_out_of_date(FLOW)


def start_other(bot: Shop) -> dict[str, Any]:
    """Somebody trains the flow."""
    task: dict[str, Any] = bot.ask("POST", f"/flows/{bot.flows[0]['_id']}{TRAIN}", {})
    return task


@pytest.mark.parametrize("queued", [0.5, 15.0])
def test_a_training_that_runs_is_waited_for(queued: float) -> None:
    bot = shop(training_seconds=20.0, queue_seconds=queued)
    other = start_other(bot)
    train(bot)
    ends = {each["_id"]: each["lastFinishedAt"] for each in tasks(bot)}
    first = tasks(bot)[1]
    assert first["createdAt"] >= tasks(bot)[0]["createdAt"] + 20
    assert ends[other["_id"]] < ends[first["_id"]]


def test_a_training_of_another_flow_is_not_waited_for() -> None:
    bot = shop(training_seconds=20.0, flows=({"name": OTHER_FLOW},))
    other = bot.ask("POST", f"/flows/{bot.flows[1]['_id']}{TRAIN}", {})
    begun = bot.clock.monotonic()
    train(bot)
    assert tasks(bot)[1]["createdAt"] - other["createdAt"] < 5
    assert bot.clock.monotonic() > begun


def test_a_training_that_may_be_of_this_flow_is_waited_for() -> None:
    bot = shop(training_seconds=0.5)
    running = {"_id": "1", "type": "trainIntents", "status": "active"}
    bot.inject("GET", "/tasks", answered(200, {"items": [running], "total": 1}), times=4)
    begun = bot.clock.monotonic()
    train(bot)
    assert bot.sent("POST", TRAIN)[0].at - begun >= 12.0


def test_a_training_that_never_ends_is_not_waited_for_for_ever() -> None:
    bot = shop(training_seconds=10_000.0, timeout=60.0)
    start_other(bot)
    with pytest.raises(UntrainableError, match="another training"):
        train(bot)
    assert len(bot.sent("POST", TRAIN)) == 1


@pytest.mark.parametrize(("size", "pages"), [(100, 2), (30, 8)])
def test_a_running_training_is_found_at_either_end_of_a_long_list(size: int, pages: int) -> None:
    """Whether the tenant's pages are as large as we ask for or not."""
    done = [{"_id": str(n), "type": "trainIntents", "status": "done"} for n in range(250)]
    running = {"_id": "now", "type": "trainIntents", "status": "active"}

    def listed(order: list[dict[str, Any]]) -> Callable[..., httpx.Response]:
        def answer(request: httpx.Request, _answer: object) -> httpx.Response:
            skip = int(request.url.params["skip"])
            body = {"items": order[skip : skip + size], "total": len(order)}
            return httpx.Response(200, json=body)

        return answer

    for order in ([running, *done], [*done, running]):
        bot = shop(training_seconds=0.5)
        bot.inject("GET", "/tasks", listed(order), times=pages)
        begun = bot.clock.monotonic()
        train(bot)
        assert bot.sent("POST", TRAIN)[0].at - begun >= 3.0


def test_a_409_is_waited_out() -> None:
    bot = shop(second_training_refused=True, training_seconds=20.0)
    bot.inject("GET", "/tasks", answered(200, {"items": [], "total": 0}))  # unseen
    start_other(bot)
    train(bot)
    assert 409 in [each.status for each in bot.sent("POST", TRAIN)]
    assert not bot.sandbox.console.is_out_of_date(FLOW)


def test_a_409_that_stays_is_a_failed_training() -> None:
    bot = shop(timeout=60.0)
    bot.inject("POST", TRAIN, answered(409, {"detail": "Busy."}), times=999)
    with pytest.raises(UntrainableError, match=r"Busy, after 60 s"):
        train(bot)


@pytest.mark.parametrize("fault", [lost_after, stored_then(500), stored_then(204)])
def test_after_a_lost_answer_the_task_is_looked_for(fault: Any) -> None:
    bot = shop()
    start_other(bot)
    bot.inject("POST", TRAIN, fault)
    train(bot)
    assert len(tasks(bot)) == 3  # the other one, and one for each locale
    assert {each["status"] for each in tasks(bot)} == {"done"}


def test_a_former_training_is_not_taken_for_a_lost_one() -> None:
    bot = shop()
    train(bot)
    bot.sandbox.console.edit(FLOW, ORDER, regex="/newer/")
    bot.inject("POST", TRAIN, lost_before)
    train(bot)
    assert not bot.sandbox.console.is_out_of_date(FLOW)


def test_a_training_of_another_locale_is_not_taken_for_a_lost_one() -> None:
    bot = shop()
    locales = bot.ask("GET", "/locales", projectId=bot.sandbox.project_id)["items"]
    path = f"/flows/{bot.flows[0]['_id']}{TRAIN}"

    def theirs(request: httpx.Request, answer: Callable[..., httpx.Response]) -> httpx.Response:
        bot.ask("POST", path, {"localeId": locales[1]["_id"], "mode": "full"})
        return lost_before(request, answer)

    bot.inject("POST", TRAIN, theirs)
    train(bot)
    assert not bot.sandbox.console.is_out_of_date(FLOW)


def test_a_playbook_that_runs_is_not_waited_for() -> None:
    bot = shop(timeout=60.0, playbook_seconds=10_000.0)
    (playbook,) = bot.ask("GET", "/playbooks", projectId=bot.sandbox.project_id)["items"]
    locales = bot.ask("GET", "/locales", projectId=bot.sandbox.project_id)["items"]
    body = {
        "entrypoint": bot.sandbox.project_id,
        "flowId": bot.flows[0]["referenceId"],
        "localeId": locales[0]["referenceId"],
    }
    bot.ask("POST", f"/playbooks/{playbook['_id']}/schedule", body)
    train(bot)


def test_a_training_that_never_arrived_is_sent_again() -> None:
    bot = shop()
    bot.inject("POST", TRAIN, lost_before)
    train(bot)
    assert len(tasks(bot)) == 2


def test_a_training_that_never_arrives_is_given_up() -> None:
    bot = shop()
    bot.inject("POST", TRAIN, lost_before, times=99)
    with pytest.raises(OutcomeUnknownError):
        train(bot)
    sent = [each for each in bot.transport.sent if each.url.path.endswith(TRAIN)]
    assert len(sent) == 3


def test_who_may_not_train_is_told_so() -> None:
    bot = shop(user=READER)
    with pytest.raises(PermissionDeniedError) as raised:
        train(bot)
    assert "update intents" in raised.value.hint


def test_a_flow_that_is_gone_cannot_be_trained() -> None:
    bot = shop()
    with bot.tenant() as tenant:
        live = tenant.read_slot(ORDER)
        assert live is not None
        other = type(live)(slot_id=ORDER, content=content(ORDER, flow="Nowhere"))
        with pytest.raises(NotFoundError, match="Nowhere"):
            tenant.train(other)


class TestTheFlag:
    def test_a_flow_that_stays_out_of_date_is_warned_about_once(self) -> None:
        bot = shop(out_of_date_flag="always")
        with bot.tenant() as tenant:
            for _ in range(2):
                live = tenant.read_slot(ORDER)
                assert live is not None
                tenant.train(live)
        (warning,) = bot.observer.warnings
        assert "flow Orders" in warning

    def test_a_trained_flow_is_nothing_to_warn_about(self) -> None:
        bot = shop()
        train(bot)
        assert bot.observer.warnings == []

    def test_a_flag_that_cannot_be_read_changes_nothing(self) -> None:
        bot = shop()
        bot.inject("GET", f"/flows/{bot.flows[0]['_id']}", answered(403))
        train(bot)
        assert bot.observer.warnings == []
