"""The JSON of a run of the fleet, printed and parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import (
    DocumentError,
    Interrupted,
    LockHeldError,
    ManifestError,
    PlanFileError,
)
from reconciler.formats.fleet import (
    failed_fleet_json,
    failed_fleet_line,
    fleet_json,
    fleet_lines,
    parsed_fleet,
)
from reconciler.formats.fleet_plan import fleet_plan_json, parsed_fleet_plan
from reconciler.model.fleet_plan import FleetPlan
from reconciler.model.fleet_run import FleetAction, FleetReport
from reconciler.model.plan import Plan
from tests.reports import golden
from tests.reports.fleet_examples import APPLIED, PLANNED
from tests.support.fleet_values import FLEET_REPORTS, STEP_NUMBERS
from tests.support.values import ANY_TEXT, PLANS


def printed(report: FleetReport = APPLIED, **changed: Any) -> dict[str, Any]:
    return {**json.loads(fleet_json(report)), **changed}


def as_printed(report: FleetReport) -> FleetReport:
    """Without what is not printed: the plan of each target, and a hint without an error."""
    return report.model_copy(
        update={
            "results": tuple(each.model_copy(update={"plan": None}) for each in report.results),
            "hint": report.hint if report.error is not None else "",
        }
    )


@given(FLEET_REPORTS, STEP_NUMBERS)
@settings(max_examples=40)
def test_a_report_survives_a_round_trip(report: FleetReport, step: int) -> None:
    steps = {each.name: step for each in report.results[:1]}
    report = report.model_copy(update={"step_of": steps})
    again = parsed_fleet(printed(report), source="fleet.json")
    assert again == as_printed(report)
    assert again.exit_code == report.exit_code


@given(FLEET_REPORTS)
@settings(max_examples=40)
def test_the_lines_have_the_same_a_target_a_line(report: FleetReport) -> None:
    *targets, rest = map(json.loads, fleet_lines(report))
    assert {**rest, "targets": targets} == printed(report)
    assert [line for line in (*targets, rest) if "version" in line] == [rest]


def test_an_apply_as_json() -> None:
    golden.check("fleet_apply.json", fleet_json(APPLIED))


def test_an_apply_has_the_documented_keys() -> None:
    document = printed()
    assert document.keys() >= {
        *("version", "run_id", "action", "commit", "bundle", "exit_code", "complete", "halted"),
        *("counts", "steps", "groups", "targets", "ledger_hash"),
    }
    assert document["targets"][0].keys() >= {
        *("name", "target", "step", "status", "exit_code", "run_id", "worker", "attempts"),
        *("error", "hint", "ledger_hash", "ended_at"),
    }
    assert "error" not in document


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ManifestError("no targets", hint="Add one."), 1),
        (LockHeldError("another apply is running", hint="Wait."), 4),
        (Interrupted(), 130),
    ],
)
def test_a_run_that_did_not_begin_prints_its_error_in_the_same_shape(error: Any, code: int) -> None:
    document = json.loads(failed_fleet_json(error, action=FleetAction.APPLY))
    assert set(document) == {*printed(), "error"}
    assert document["error"] == {"message": error.message, "hint": error.hint}
    assert (document["exit_code"], document["complete"]) == (code, False)
    assert error.exit_code == code
    line = failed_fleet_line(error, action=FleetAction.APPLY)
    assert json.loads(line) == {key: each for key, each in document.items() if key != "targets"}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"version": 2}, "its version is not 1"),
        ({"action": "x"}, "`action`"),
        ({"targets": [{"name": "a"}]}, "`targets.0.action`"),
        ({"halted": {"step": 0, "reason": "x"}}, "`halted.step`"),
        ({"steps": [{}]}, "`steps.0.step`"),
    ],
)
def test_anything_but_a_report_is_refused_with_the_invalid_key(
    changed: dict[str, Any], place: str
) -> None:
    with pytest.raises(DocumentError, match=place):
        parsed_fleet(printed(**changed), source="fleet.json")


SAVED = FleetPlan.of(PLANNED, selection="region=eu", tool_version="1.2.3")


def test_a_saved_plan_has_the_digest_of_each_target_that_was_planned() -> None:
    planned = {each.name for each in PLANNED.results if each.digest is not None}
    assert set(SAVED.digests) == planned
    assert planned < {each.name for each in PLANNED.results}


@given(FLEET_REPORTS, st.lists(PLANS, max_size=2), ANY_TEXT, st.text())
@settings(max_examples=40)
def test_a_saved_plan_survives_a_round_trip(
    report: FleetReport, plans: list[Plan], selection: str, version: str
) -> None:
    results = [
        each.model_copy(update={"plan": plan})
        for each, plan in zip(report.results, plans, strict=False)
    ]
    report = report.model_copy(update={"results": tuple(results)})
    plan = FleetPlan.of(report, selection=selection, tool_version=version)
    assert parsed_fleet_plan(json.loads(fleet_plan_json(plan)), source="plan.json") == plan


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"selection": ""}, "damaged or was edited"),
        ({"more": 1}, "damaged or was edited"),
        ({"targets": None}, "is damaged: something is missing"),
        ({"version": 2}, "has the version 2, and this tool reads 1"),
        ({"digest": "sha256:0"}, "damaged or was edited"),
    ],
)
def test_a_saved_plan_that_was_damaged_is_refused(changed: dict[str, Any], message: str) -> None:
    document = {**json.loads(fleet_plan_json(SAVED)), **changed}
    with pytest.raises(PlanFileError, match=message) as caught:
        parsed_fleet_plan(document, source="plan.json")
    assert caught.value.hint


@pytest.mark.parametrize("document", [{}, {"version": 1}, {"format_version": "1.0"}])
def test_anything_but_a_saved_plan_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(PlanFileError, match=r"plan\.json is not the plan of a fleet"):
        parsed_fleet_plan(document, source="plan.json")
