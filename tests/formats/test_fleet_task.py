"""What a controller and its workers tell one another, printed and parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import DocumentError, PlanFileError
from reconciler.formats.fleet_task import parsed_result, parsed_task, result_json, task_json
from reconciler.model.fleet_run import FleetAction, TargetResult, TargetStatus, Task
from tests.reports.examples import PLAN
from tests.support.fleet_values import TARGET_RESULTS, TASKS

TASK = Task(run_id="run_1", action=FleetAction.APPLY, target="acme/live", bundle="sha256:b")
RESULT = TargetResult(
    name="acme/live", action=FleetAction.PLAN, status=TargetStatus.DIFFERS, plan=PLAN
)


def printed(text: str, **changed: Any) -> dict[str, Any]:
    return {**json.loads(text), **changed}


@given(TASKS)
def test_a_task_survives_a_round_trip(task: Task) -> None:
    assert parsed_task(json.loads(task_json(task)), source="task") == task


@given(TARGET_RESULTS)
def test_a_result_survives_a_round_trip_with_its_plan(result: TargetResult) -> None:
    assert parsed_result(json.loads(result_json(result)), source="result") == result


@given(TARGET_RESULTS)
def test_a_result_is_one_line_of_plain_ascii_without_commands(result: TargetResult) -> None:
    line = result_json(result.model_copy(update={"error": "##[error]\x7f\n\u2028"}))
    assert line.isascii()
    assert line.isprintable()
    assert "##[" not in line


def test_a_task_has_no_keys_but_these() -> None:
    assert set(printed(task_json(TASK))) == {
        *("version", "run_id", "action", "target", "bundle", "origin", "pool", "fence"),
        *("metrics", "digest", "reason", "retry_failed", "quarantined", "ledger_hash"),
    }


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"version": 2}, "its version is not 1"),
        ({"action": "delete"}, "`action`"),
        ({"target": 5}, "`target`"),
        ({"fence": -1}, "`fence`"),
    ],
)
def test_a_task_that_is_not_one_is_refused(changed: dict[str, Any], place: str) -> None:
    with pytest.raises(DocumentError, match=place):
        parsed_task(printed(task_json(TASK), **changed), source="task")


def test_a_result_that_is_not_one_is_refused() -> None:
    with pytest.raises(DocumentError, match="`status`"):
        parsed_result(printed(result_json(RESULT), status="fine"), source="result")


def test_a_result_whose_plan_was_edited_is_refused() -> None:
    document = printed(result_json(RESULT))
    document["plan"]["desired_digest"] = "another"
    with pytest.raises(PlanFileError, match="result is damaged or was edited"):
        parsed_result(document, source="result")
