"""JSON for machines: golden files, and the shapes that the contract fixes."""

from __future__ import annotations

import json
from typing import Any

from reconciler.errors import ManifestError, PlanningError
from reconciler.model.drift import DriftReport
from reconciler.reports.machine import (
    drift_json,
    failed_plan_json,
    failed_run_json,
    failed_validation_json,
    plan_json,
    run_json,
    validation_json,
)
from tests.reports import golden
from tests.reports.examples import (
    BROKEN_RUN,
    CAUSES,
    DRIFT,
    LIVE_REJECTION,
    METRICS,
    NOTHING,
    PLAN,
    PROBLEMS,
    REJECTED,
    REJECTION,
    RUN,
    VALIDATION,
)
from tests.support.build import plan, slot


def drift(made: Any = REJECTED, **options: Any) -> dict[str, Any]:
    given = {"causes": CAUSES, "metrics": METRICS, **options}
    document: dict[str, Any] = json.loads(drift_json(DriftReport.of(made, **given)))
    return document


def test_a_plan_as_json() -> None:
    golden.check("plan.json", plan_json(PLAN))


def test_a_plan_holds_what_the_contract_says() -> None:
    document = json.loads(plan_json(PLAN))
    assert document["format_version"] == "1.0"
    assert document["digest"] == PLAN.digest
    assert document["target"] == {"origin": "https://acme.cognigy.com", "bot_id": "bot_1"}
    assert (
        document["summary"].items()
        >= {
            "create": 1,
            "update": 2,
            "delete": 2,
            "unchanged": 1,
            "unmanaged": 1,
        }.items()
    )
    assert document["unmanaged"] == ["slot_theirs"]
    assert all(isinstance(each, str) for each in document["warnings"])
    for change in document["changes"]:
        assert change.keys() >= {"slot_id", "name", "action", "wave", "depends_on", "fields"}
        assert all(each.keys() == {"field", "before", "after"} for each in change["fields"])
    assert [each["action"] for each in document["changes"]] == [
        "update",
        "update",
        "create",
        "delete",
        "delete",
    ]


def test_a_plan_holds_no_time() -> None:
    assert plan_json(PLAN) == plan_json(PLAN.model_copy())
    assert "T09" not in plan_json(PLAN)


def test_a_lone_surrogate_is_printed_as_its_escape() -> None:
    made = plan([slot("a", patterns=("\ud800ä",), type="list")])
    text = plan_json(made)
    assert "ä" in text
    text.encode()
    assert json.loads(text)["changes"][0]["after"]["patterns"] == ["\ud800ä"]


def test_drift_as_json() -> None:
    report = drift_json(DRIFT)
    golden.check("drift.json", report)


def test_drift_has_the_shape_of_a_plan_and_says_whether_there_is_any() -> None:
    assert drift().keys() == json.loads(plan_json(PLAN)).keys() | {"drifted", "rejected", "metrics"}
    assert drift()["drifted"] is True
    assert drift(NOTHING)["drifted"] is False


def test_rejected_slots_stand_apart_and_are_still_differences() -> None:
    document = drift()
    assert "slot_quiet" not in [each["slot_id"] for each in document["changes"]]
    assert [(each["slot_id"], each["live"]) for each in document["rejected"]] == [
        ("slot_quiet", False),
        ("slot_same", True),
    ]
    only = plan([slot("slot_quiet")]).rejecting([REJECTION])
    assert drift(only)["changes"] == []
    assert drift(only)["drifted"] is True


def test_each_change_of_a_drift_says_why_it_differs() -> None:
    assert {each["slot_id"]: each["cause"] for each in drift()["changes"]} == {
        "slot_city": "changed_in_tenant",
        "slot_new": "changed_in_tenant",
        "slot_old": "not_applied",
        "slot_older": None,
    }


def test_a_slot_that_is_live_although_rejected_is_a_difference() -> None:
    document = drift(NOTHING.rejecting([LIVE_REJECTION]))
    assert (document["changes"], document["drifted"]) == ([], True)
    assert [each["live"] for each in document["rejected"]] == [True]


def test_a_plan_counts_apart_what_an_apply_skips_and_keeps_its_digest() -> None:
    document = json.loads(plan_json(REJECTED))
    assert (document["summary"]["update"], document["summary"]["skipped"]) == (1, 1)
    assert document["digest"] == PLAN.digest
    assert len(document["changes"]) == len(PLAN.changes)
    assert document["rejected"][0]["slot_id"] == "slot_quiet"
    assert REJECTED.retrying(run_id="now").summary == PLAN.summary


def test_a_run_holds_what_it_left_live_although_rejected() -> None:
    told = json.loads(run_json(RUN.model_copy(update={"rejected": (REJECTION,)})))["rejected"]
    assert [each["slot_id"] for each in told] == ["slot_quiet"]


def test_metrics_stand_there_where_they_were_asked_for() -> None:
    assert "metrics" not in drift(metrics=None)
    assert drift(metrics={})["metrics"] == []
    metric = drift()["metrics"][0]
    assert (
        metric.items()
        >= {
            "slot_id": "slot_city",
            "success_rate": 0.7,
            "min_success_rate": 0.85,
            "verdict": "failed",
        }.items()
    )


def test_problems_as_json() -> None:
    golden.check("validation.json", validation_json(VALIDATION))


def test_a_problem_has_the_contracts_keys_and_no_other() -> None:
    document = json.loads(validation_json(VALIDATION))
    assert document.keys() == {"valid", "slots", "problems"}
    keys = {"file", "line", "column", "slot_id", "rule", "severity", "message", "hint"}
    assert all(problem.keys() == keys for problem in document["problems"])


def test_a_run_as_json() -> None:
    golden.check("run.json", run_json(RUN))


def test_a_run_holds_what_the_contract_says() -> None:
    document = json.loads(run_json(RUN))
    assert document.keys() >= {"run_id", "summary", "outcomes"}
    assert set(document["summary"].values()) == {1}
    keys = {"slot_id", "action", "status", "success_rate", "baseline", "message"}
    assert all(each.keys() >= keys for each in document["outcomes"])
    assert [each["slot_id"] for each in document["outcomes"] if each["recovered"]] == ["slot_time"]
    assert "error" not in document


def test_a_run_that_failed_says_so_in_the_same_object() -> None:
    document = json.loads(run_json(BROKEN_RUN))
    assert document["error"] == {"message": BROKEN_RUN.error, "hint": BROKEN_RUN.hint}
    assert document["outcomes"] == []


def test_a_command_that_ended_early_prints_its_error_in_its_own_shape() -> None:
    error = ManifestError("no slots", hint="Write one.")
    run, made, validation = (
        json.loads(report(error))
        for report in (failed_run_json, failed_plan_json, failed_validation_json)
    )
    for document in (run, made, validation):
        assert document["error"] == {"message": "no slots", "hint": "Write one."}
    assert run.keys() >= {"run_id", "summary", "outcomes"}
    assert (run["run_id"], run["outcomes"]) == (None, [])
    assert made["format_version"] == "1.0"
    assert "changes" not in made
    assert (validation["valid"], validation["problems"]) == (False, [])


def test_a_plan_that_could_not_be_made_lists_the_problems_that_prevented_it() -> None:
    error = PlanningError("no plan", problems=PROBLEMS)
    listed = json.loads(failed_plan_json(error))["error"]["problems"]
    assert listed == json.loads(validation_json(VALIDATION))["problems"]
