"""Trainings and their tasks, under a virtual clock."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.v2.caller import FLOW, Caller, content, problem


def statuses(caller: Caller, task: dict[str, Any], *, seconds: float) -> list[str]:
    """The task's status at once, and after each of four such times."""
    found = []
    for _ in range(5):
        found.append(caller.get(f"/tasks/{task['_id']}")["status"])
        caller.clock.advance(seconds)
    return found


def test_a_task_is_queued_then_active_then_done() -> None:
    caller = Caller(queue_seconds=1.0, training_seconds=2.0)
    task = caller.train(mode="full")
    assert (task["type"], task["status"], task["parameters"]["mode"]) == (
        "trainIntents",
        "queued",
        "full",
    )
    assert statuses(caller, task, seconds=1.0) == ["queued", "active", "active", "done", "done"]
    done = caller.get(f"/tasks/{task['_id']}")
    assert (done["currentStep"], done["totalStep"], done["failReason"]) == (1, 1, None)
    assert done["lastRunAt"] == "2026-03-02T09:16:41.000Z"
    assert done["lastFinishedAt"] == "2026-03-02T09:16:43.000Z"


def test_a_change_is_out_of_date_until_every_locale_is_trained() -> None:
    caller = Caller()
    assert not caller.flow["isTrainingOutOfDate"]
    caller.patch(type="regex", regex="/x/")
    assert caller.flow["isTrainingOutOfDate"]
    for locale in caller.items("/locales"):
        assert caller.flow["isTrainingOutOfDate"]
        caller.wait(caller.train(localeId=locale["_id"], mode="full"))
    assert not caller.flow["isTrainingOutOfDate"]


def test_a_tenants_flag_may_say_nothing_about_slot_fillers() -> None:
    caller = Caller(out_of_date_flag="never")
    caller.patch(type="regex", regex="/x/")
    assert not caller.flow["isTrainingOutOfDate"]
    caller.tenant.configure(out_of_date_flag="always")
    caller.wait(caller.train())
    assert caller.flow["isTrainingOutOfDate"]
    assert not caller.tenant.console.is_out_of_date(FLOW)


def test_the_console_shows_a_training_that_ended_since_the_last_request() -> None:
    caller = Caller()
    caller.patch(type="regex", regex="/x/")
    caller.train()
    assert caller.tenant.console.is_out_of_date(FLOW)
    caller.clock.advance(60.0)
    assert not caller.tenant.console.is_out_of_date(FLOW)


def test_settings_apply_from_when_they_are_changed() -> None:
    caller = Caller()
    task = caller.train()
    caller.clock.advance(60.0)
    caller.tenant.configure(failed_trainings=1)
    assert caller.wait(task)["status"] == "done"


def test_without_a_locale_all_are_trained() -> None:
    caller = Caller()
    caller.patch(type="regex", regex="/x/")
    caller.wait(caller.train())
    assert not caller.flow["isTrainingOutOfDate"]


def test_a_change_during_a_training_is_not_trained() -> None:
    caller = Caller()
    task = caller.train()
    caller.patch(type="regex", regex="/x/")
    caller.wait(task)
    assert caller.flow["isTrainingOutOfDate"]


def test_training_takes_the_locales_mongo_id() -> None:
    caller = Caller()
    path = f"/flows/{caller.flow['_id']}/intents/train"
    reference = caller.items("/locales")[0]["referenceId"]
    assert problem(caller.call("POST", path, {"localeId": reference}))["status"] == 400
    assert problem(caller.call("POST", path, {"localeId": "0" * 24}))["status"] == 404
    assert problem(caller.call("POST", path, {"mode": "fast"}))["status"] == 400


def test_a_second_training_of_a_flow_waits_for_the_first() -> None:
    caller = Caller(queue_seconds=0.0, training_seconds=2.0)
    first, second = caller.train(), caller.train()
    caller.clock.advance(2.0)
    assert caller.get(f"/tasks/{first['_id']}")["status"] == "done"
    assert caller.get(f"/tasks/{second['_id']}")["status"] == "active"
    caller.clock.advance(2.0)
    assert caller.get(f"/tasks/{second['_id']}")["status"] == "done"


def test_a_tenant_can_refuse_a_second_training() -> None:
    caller = Caller(second_training_refused=True)
    task = caller.train()
    path = f"/flows/{caller.flow['_id']}/intents/train"
    assert problem(caller.call("POST", path, {}))["status"] == 409
    caller.wait(task)
    caller.train()


class TestFailures:
    def test_a_training_that_fails_gives_its_reason_and_changes_nothing(self) -> None:
        caller = Caller(failed_trainings=1, fail_reason="No luck.")
        caller.patch(type="regex", regex="/x/")
        failed = caller.wait(caller.train())
        assert (failed["status"], failed["failReason"]) == ("error", "No luck.")
        assert caller.flow["isTrainingOutOfDate"]
        assert caller.wait(caller.train())["status"] == "done"

    def test_a_training_can_fail_for_what_it_trains(self) -> None:
        caller = Caller(untrainable="x")
        caller.patch(type="regex", regex="/x/")
        assert caller.wait(caller.train())["status"] == "error"
        caller.patch(type="regex", regex="/y/")
        assert caller.wait(caller.train())["status"] == "done"

    def test_someone_cancels_a_training(self) -> None:
        caller = Caller(cancelled_trainings=1)
        caller.patch(type="regex", regex="/x/")
        assert caller.wait(caller.train())["status"] == "cancelled"
        assert caller.flow["isTrainingOutOfDate"]

    def test_settings_that_count_begin_again_when_they_are_set(self) -> None:
        caller = Caller(failed_trainings=1)
        assert caller.wait(caller.train())["status"] == "error"
        caller.tenant.configure(failed_trainings=1)
        ends = [caller.wait(caller.train())["status"] for _ in range(2)]
        assert ends == ["error", "done"]


class TestTasks:
    def test_a_cancelled_task_does_no_work(self) -> None:
        caller = Caller(queue_seconds=1.0, training_seconds=5.0)
        caller.patch(type="regex", regex="/x/")
        task = caller.train()
        caller.clock.advance(2.0)
        cancelled = content(caller.call("POST", f"/tasks/{task['_id']}/cancel", {}))
        assert cancelled["status"] == "cancelling"
        assert caller.wait(task)["status"] == "cancelled"
        caller.clock.advance(60.0)
        assert caller.get(f"/tasks/{task['_id']}")["status"] == "cancelled"
        assert caller.flow["isTrainingOutOfDate"]
        assert caller.call("POST", f"/tasks/{task['_id']}/cancel", {}).status == 409

    def test_tasks_are_listed(self) -> None:
        caller = Caller()
        task = caller.train()
        assert [each["_id"] for each in caller.items("/tasks")] == [task["_id"]]
        assert caller.get(f"/tasks/{task['_id']}", projectId=caller.project) == task

    def test_a_new_task_can_be_invisible_at_first(self) -> None:
        caller = Caller(late_task_seconds=3.0)
        task = caller.train()
        path = f"/tasks/{task['_id']}"
        assert caller.call("GET", path).status == 404
        assert caller.items("/tasks") == []
        caller.clock.advance(3.0)
        assert caller.call("GET", path).status == 200

    @pytest.mark.parametrize("path", ["/tasks/x", "/tasks/" + "0" * 24])
    def test_an_unknown_task(self, path: str) -> None:
        assert Caller().call("GET", path).status in (400, 404)
