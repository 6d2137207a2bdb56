"""The plans that the jobs of a workflow leave behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.model.failure import Failure
from reconciler.model.plan import Plan
from reconciler.operations import saved_plan
from reconciler.operations.environment_plans import read_plans
from tests.cli.conftest import Shell
from tests.support.build import live, plan, slot

MADE = plan([slot("slot_a")], [live("slot_a", name="x")])


@pytest.fixture
def slots(tmp_path: Path) -> Path:
    shell = Shell(folder=tmp_path)
    shell.write("slot_a")
    shell.configure(environments={"production": {"promote_from": "staging"}, "staging": {}})
    return tmp_path / "slots"


def leave(folder: Path, name: str, made: Plan) -> Path:
    path = folder / f"plan-{name}" / "plan.json"
    path.parent.mkdir(parents=True)
    saved_plan.save(path, made)
    return path


def in_environment(name: str) -> Plan:
    return MADE.model_copy(update={"environment": name})


def test_they_are_in_the_order_of_promotion(tmp_path: Path, slots: Path) -> None:
    for name in ("production", "staging"):
        leave(tmp_path, name, in_environment(name))
    found = read_plans(tmp_path, slots=slots)
    assert isinstance(found, dict)
    assert list(found) == ["staging", "production"]
    assert found["production"] == in_environment("production")


def test_what_a_job_did_not_leave_is_explained(tmp_path: Path, slots: Path) -> None:
    leave(tmp_path, "staging", in_environment("production"))
    found = read_plans(tmp_path, slots=slots)
    assert isinstance(found, dict)
    messages = {name: each.message for name, each in found.items() if isinstance(each, Failure)}
    assert messages == {
        "staging": "The plan for staging is for production.",
        "production": "The job that plans production left no result.",
    }


def test_a_damaged_plan_is_a_failure_of_its_environment_only(tmp_path: Path, slots: Path) -> None:
    path = leave(tmp_path, "staging", in_environment("staging"))
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "changes": []}))
    leave(tmp_path, "production", in_environment("production"))
    found = read_plans(tmp_path, slots=slots)
    assert isinstance(found, dict)
    assert isinstance(found["staging"], Failure)
    assert isinstance(found["production"], Plan)


@pytest.mark.parametrize("patterns", [["("], 7])
def test_files_that_are_not_valid_are_explained_once(
    tmp_path: Path, slots: Path, patterns: object
) -> None:
    Shell(folder=tmp_path).write("slot_a", patterns=patterns)
    found = read_plans(tmp_path, slots=slots)
    assert isinstance(found, Failure)
    assert [each.slot_id for each in found.problems] == ["slot_a"]
