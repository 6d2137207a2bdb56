"""Playbooks: what their runs measure, and how late their results come."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.v2.settings import ADMIN
from tests.sandbox.v2.caller import FLOW, ORDER, Caller, bot, content, problem


def context(*, partial: bool = True, negate: bool = False, **data: Any) -> dict[str, Any]:
    return {"type": "assertContext", "params": {"data": data, "partial": partial, "negate": negate}}


FINDS = {"text": "It is AB-1234.", "asserts": [context(order="AB-1234")]}
IGNORES = {"text": "It is ab-1.", "asserts": [context(order="ab-1", negate=True)]}


def caller_with(*steps: Any, playbook: dict[str, Any] | None = None, **settings: Any) -> Caller:
    return Caller(bot(steps=steps, **(playbook or {})), **settings)


def verdicts(run: dict[str, Any]) -> list[list[str]]:
    return [[each["status"] for each in step["asserts"]] for step in run["stepResults"]]


def test_a_definition_has_steps_with_asserts() -> None:
    caller = caller_with(FINDS, IGNORES)
    (listed,) = caller.items("/playbooks")
    assert "steps" not in listed
    playbook = caller.get(caller.playbook)
    assert (playbook["name"], playbook["abortOnError"], playbook["timeout"]) == (
        "Check",
        False,
        5000,
    )
    assert [step["text"] for step in playbook["steps"]] == [FINDS["text"], IGNORES["text"]]
    (found,) = playbook["steps"][0]["asserts"]
    assert found == {"_id": found["_id"], **context(order="AB-1234")}


def test_a_run_talks_to_the_flow_and_judges_the_context() -> None:
    caller = caller_with(FINDS, IGNORES)
    run = caller.run()
    assert run["status"] == "successful"
    assert verdicts(run) == [["successful"], ["successful"]]
    assert run["stepResults"][0]["timeout"] is False
    assert run["stepResults"][0]["asserts"][0]["actual"] == {"order": "AB-1234"}
    assert (run["flowId"], run["entrypoint"]) == (caller.flow["referenceId"], caller.project)


def test_only_a_trained_change_is_measured() -> None:
    caller = caller_with(FINDS)
    caller.patch(type="regex", regex=r"/[A-Z]{2}\d{4}/")
    assert caller.run()["status"] == "successful"
    caller.wait(caller.train())
    run = caller.run()
    assert (run["status"], verdicts(run)) == ("failed", [["failed"]])
    assert run["stepResults"][0]["asserts"][0]["actual"] == {}


def test_a_run_in_a_locale_that_is_not_trained_measures_the_former_bot() -> None:
    caller = caller_with(FINDS)
    english, german = caller.items("/locales")
    caller.patch(type="regex", regex="/x/")
    caller.wait(caller.train(localeId=english["_id"]))
    assert caller.run(localeId=english["referenceId"])["status"] == "failed"
    assert caller.run(localeId=german["referenceId"])["status"] == "successful"


def test_the_context_lives_through_a_run_but_not_longer() -> None:
    later = {"text": "Or CD-5678.", "asserts": [context(order="CD-5678")]}
    caller = Caller(bot(ORDER, steps=[FINDS, later]))
    assert verdicts(caller.run()) == [["successful"], ["successful"]]
    caller = Caller(bot({**ORDER, "skipIfResultInContext": True}, steps=[FINDS, later]))
    assert verdicts(caller.run()) == [["successful"], ["failed"]]
    assert verdicts(caller.run()) == [["successful"], ["failed"]]


def test_a_failed_step_ends_a_run_that_aborts_on_errors() -> None:
    wrong = {"text": "Nothing.", "asserts": [context(order="AB-1234")]}
    caller = caller_with(wrong, FINDS)
    assert verdicts(caller.run()) == [["failed"], ["successful"]]
    caller = caller_with(wrong, FINDS, playbook={"abortOnError": True})
    run = caller.run()
    assert (run["status"], verdicts(run)) == ("failed", [["failed"]])


def test_a_step_times_out_on_a_regex_that_takes_forever() -> None:
    slow = {**ORDER, "regex": "/^(a|aa)+$/"}
    caller = Caller(bot(slow, steps=[FINDS]))
    run = caller.run()
    assert (run["status"], verdicts(run)) == ("failed", [[]])
    assert run["stepResults"][0]["timeout"] is True


class TestIds:
    @pytest.mark.parametrize("field", ["flowId", "localeId"])
    def test_flow_and_locale_are_named_by_their_reference_id(self, field: str) -> None:
        caller = caller_with(FINDS)
        objects = caller.items("/flows" if field == "flowId" else "/locales")
        body = {
            "entrypoint": caller.project,
            "flowId": caller.flow["referenceId"],
            "localeId": caller.items("/locales")[0]["referenceId"],
        }
        path = f"{caller.playbook}/schedule"
        wrong = caller.call("POST", path, {**body, field: objects[0]["_id"]})
        assert problem(wrong)["status"] == 404
        del body[field]
        assert problem(caller.call("POST", path, body))["status"] == 400

    def test_the_playbook_may_be_named_in_the_body_too(self) -> None:
        caller = caller_with(FINDS)
        playbook = caller.playbook.rsplit("/", 1)[1]
        assert caller.run(playbookId=playbook)["playbookReference"] == playbook

    def test_an_entrypoint_is_the_project_or_a_snapshot(self) -> None:
        caller = caller_with(FINDS)
        snapshot = caller.items("/snapshots")[0]["_id"]
        caller.patch(type="regex", regex="/x/")
        caller.wait(caller.train())
        assert caller.run()["status"] == "failed"
        assert caller.run(entrypoint=snapshot)["status"] == "successful"
        path = f"{caller.playbook}/schedule"
        body = {
            "entrypoint": "0" * 24,
            "flowId": caller.flow["referenceId"],
            "localeId": caller.items("/locales")[0]["referenceId"],
        }
        assert caller.call("POST", path, body).status == 404


class TestLateResults:
    def test_the_run_id_and_the_run_can_come_after_the_end(self) -> None:
        caller = caller_with(FINDS, late_run_id_seconds=3.0, late_run_seconds=5.0)
        task = caller.schedule()
        assert task["type"] == "runPlaybook"
        assert caller.wait(task)["data"] == {}
        caller.clock.advance(3.0)
        run_id = caller.get(f"/tasks/{task['_id']}")["data"]["playbookRunId"]
        path = f"{caller.playbook}/runs/{run_id}"
        assert problem(caller.call("GET", path))["detail"] == "Playbook run does not exist."
        assert caller.items(f"{caller.playbook}/runs") == []
        caller.clock.advance(2.0)
        assert caller.get(path)["_id"] == run_id

    def test_runs_are_listed_and_deleted(self) -> None:
        caller = caller_with(FINDS)
        run = caller.run()
        (listed,) = caller.items(f"{caller.playbook}/runs")
        assert listed["_id"] == run["_id"]
        assert "stepResults" not in listed
        path = f"{caller.playbook}/runs/{run['_id']}"
        assert caller.call("DELETE", path).status == 204
        assert caller.call("GET", path).status == 404

    def test_a_run_can_be_cancelled(self) -> None:
        caller = caller_with(FINDS, cancelled_runs=1)
        ended = caller.wait(caller.schedule())
        assert (ended["status"], ended["data"]) == ("cancelled", {})
        assert caller.run()["status"] == "successful"

    def test_an_assert_can_fail_for_no_reason(self) -> None:
        caller = caller_with({"text": "Hello"}, FINDS, FINDS, flaky_runs=1)
        run = caller.run()
        assert verdicts(run) == [[], ["failed"], ["successful"]]
        assert [step["status"] for step in run["stepResults"]] == [
            "successful",
            "failed",
            "successful",
        ]
        assert run["status"] == "failed"
        assert caller.run()["status"] == "successful"

    def test_a_step_can_time_out(self) -> None:
        caller = caller_with(FINDS, FINDS, timed_out_runs=1)
        run = caller.run()
        assert (run["status"], verdicts(run)) == ("failed", [[], ["successful"]])
        assert caller.run()["status"] == "successful"


class TestSnapshots:
    def test_a_snapshot_needs_a_description_and_becomes_a_task(self) -> None:
        caller = Caller(user=ADMIN)
        body = {"projectId": caller.project, "name": "S"}
        assert problem(caller.call("POST", "/snapshots", body))["status"] == 400
        task = content(caller.call("POST", "/snapshots", {**body, "description": "before"}))
        assert task["type"] == "createSnapshot"
        assert [each["name"] for each in caller.items("/snapshots")] == ["Release 1"]
        assert caller.wait(task)["status"] == "done"
        assert [each["name"] for each in caller.items("/snapshots")] == ["Release 1", "S"]

    def test_a_restoration_brings_back_the_content_under_new_ids(self) -> None:
        caller = Caller(bot(steps=[FINDS]), user=ADMIN)
        flow, filler = caller.flow, caller.get(caller.filler())
        caller.patch(type="regex", regex="/x/")
        caller.wait(caller.train())
        caller.tenant.console.add(FLOW, **{**ORDER, "name": "extra"})
        snapshot = caller.items("/snapshots")[0]["_id"]
        path = f"/snapshots/{snapshot}/restore"
        assert problem(caller.call("POST", path, {}))["status"] == 400
        assert caller.wait(content(caller.call("POST", path, {"projectId": caller.project})))
        assert caller.flow["referenceId"] == flow["referenceId"]
        assert caller.flow["_id"] != flow["_id"]
        assert not caller.flow["isTrainingOutOfDate"]
        after = caller.get(caller.filler())
        assert after == {**filler, "_id": after["_id"]} != filler
        assert len(caller.items(caller.fillers)) == 1
        assert caller.run()["status"] == "successful"
        lexicons = [each["_id"] for each in caller.items("/lexicons")]
        assert caller.get(f"/flows/{caller.flow['_id']}")["attachedLexicons"] == lexicons[:1]

    def test_a_project_holds_ten_snapshots(self) -> None:
        caller = Caller(user=ADMIN)
        body = {"projectId": caller.project, "name": "S", "description": "D"}
        for _ in range(9):
            caller.wait(content(caller.call("POST", "/snapshots", body)))
        assert caller.call("POST", "/snapshots", body).status == 400

    def test_some_installations_hold_more(self) -> None:
        caller = Caller(max_snapshots=2)
        body = {"projectId": caller.project, "name": "S", "description": "D"}
        caller.wait(content(caller.call("POST", "/snapshots", body)))
        assert caller.call("POST", "/snapshots", body).status == 400
        caller.tenant.configure(max_snapshots=3)
        assert caller.call("POST", "/snapshots", body).status == 201

    def test_a_snapshot_can_fail_which_leaves_none(self) -> None:
        caller = Caller(failed_snapshots=1)
        body = {"projectId": caller.project, "name": "S", "description": "D"}
        failed = caller.wait(content(caller.call("POST", "/snapshots", body)))
        assert (failed["status"], bool(failed["failReason"])) == ("error", True)
        assert [each["name"] for each in caller.items("/snapshots")] == ["Release 1"]
        assert caller.wait(content(caller.call("POST", "/snapshots", body)))["status"] == "done"


def test_an_endpoint_serves_the_project_or_a_snapshot() -> None:
    caller = Caller({**bot(), "endpoints": [{"name": "Chat", "channel": "rest", "flow": FLOW}]})
    (endpoint,) = caller.items("/endpoints")
    assert (endpoint["entrypoint"], endpoint["flowId"]) == (
        caller.project,
        caller.flow["referenceId"],
    )
    caller.tenant.configure(endpoint_serves="snapshot")
    (endpoint,) = caller.items("/endpoints")
    assert endpoint["entrypoint"] == caller.items("/snapshots")[0]["_id"]
