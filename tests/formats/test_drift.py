"""The JSON of a drift, printed and parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import DocumentError, PlanningError
from reconciler.formats.drift import drift_json, parsed_drift
from reconciler.formats.failure import failure_json
from reconciler.formats.plan import plan_json
from reconciler.model.drift import DriftReport
from reconciler.model.failure import Failure
from tests.reports import golden
from tests.reports.examples import (
    BAKES,
    CAUSES,
    DRIFT,
    LIVE_REJECTION,
    METRICS,
    NOTHING,
    PLAN,
    REJECTED,
    REJECTION,
)
from tests.support.build import plan, slot
from tests.support.values import DRIFT_REPORTS


def drift(made: Any = REJECTED, **options: Any) -> dict[str, Any]:
    given = {"causes": CAUSES, "metrics": METRICS, **options}
    document: dict[str, Any] = json.loads(drift_json(DriftReport.of(made, **given)))
    return document


@given(DRIFT_REPORTS)
def test_a_drift_survives_a_round_trip(report: DriftReport) -> None:
    assert parsed_drift(json.loads(drift_json(report)), source="drift.json") == report


def test_drift_as_json() -> None:
    report = drift_json(DRIFT)
    golden.check("drift.json", report)


def test_drift_has_the_shape_of_a_plan_and_says_whether_anything_differs() -> None:
    keys = json.loads(plan_json(PLAN)).keys() - {"effects", "overlaps", "estimated_seconds"}
    assert drift().keys() == keys | {"drifted", "rejected", "metrics", "bake"}
    assert drift()["drifted"] is True
    assert drift(NOTHING)["drifted"] is False


def test_rejected_changes_are_listed_separately_but_still_count_as_drift() -> None:
    document = drift()
    assert "slot_quiet" not in [each["slot_id"] for each in document["changes"]]
    assert [(each["slot_id"], each["live"]) for each in document["rejected"]] == [
        ("slot_quiet", False),
        ("slot_same", True),
    ]
    only = plan([slot("slot_quiet")]).rejecting([REJECTION])
    assert drift(only)["changes"] == []
    assert drift(only)["drifted"] is True


def test_each_change_of_a_drift_has_a_cause() -> None:
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


def test_metrics_are_included_if_they_were_requested() -> None:
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


def test_bakes_are_included_with_the_metrics() -> None:
    assert "bake" not in drift(metrics=None)
    assert drift()["bake"] == []
    failed, waiting, passed = drift(bakes=BAKES)["bake"]
    assert [each["result"] for each in (failed, waiting, passed)] == [
        "failed",
        "on_probation",
        "passed",
    ]
    assert failed["until"] == "2026-03-03T09:00:00.000Z"
    assert failed["suspects"][0] == {
        "slot_id": "slot_city",
        "run_id": "20260302T090000Z-abc123",
        "commit": "c0ffee1",
    }


def test_a_drift_of_a_version_without_bakes_is_read() -> None:
    document = drift()
    del document["bake"]
    found = parsed_drift(document, source="drift.json")
    assert isinstance(found, DriftReport)
    assert found.bakes == ()


def test_a_failure_is_distinguished_from_a_drift() -> None:
    failed = json.loads(failure_json(PlanningError("401", hint="renew the secret")))
    assert parsed_drift(failed, source="drift.json") == Failure(
        message="401", hint="renew the secret"
    )


def metric(verdict: str = "passed", **fields: Any) -> dict[str, Any]:
    return {
        "slot_id": "slot_a",
        "success_rate": 0.7,
        "min_success_rate": 0.85,
        "verdict": verdict,
        **fields,
    }


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "format_version is not 1.x"),
        (drift() | {"format_version": "2.0"}, "format_version is not 1.x"),
        (drift() | {"format_version": 1}, "format_version is not 1.x"),
        (drift() | {"drifted": False}, "`drifted` contradicts its changes"),
        (drift(NOTHING) | {"drifted": True}, "`drifted` contradicts its changes"),
        (drift() | {"drifted": "yes"}, "`drifted`: Input should be a valid boolean"),
        (drift() | {"metrics": [metric("fine")]}, "`metrics.0.verdict`"),
        (drift() | {"metrics": [metric(success_rate=2)]}, "`metrics.0.success_rate`"),
        (drift() | {"metrics": [metric(success_rate=float("nan"))]}, "success_rate"),
        (drift() | {"metrics": [metric(), metric("failed")]}, "`metrics` contains a slot twice"),
        ({"format_version": "1.0", "error": "x"}, "`error`"),
        (json.loads(plan_json(PLAN)), "`drifted`: Field required"),
    ],
)
def test_anything_but_a_drift_is_refused(document: dict[str, Any], message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parsed_drift(document, source="drift.json")
    assert caught.value.message.startswith(
        "drift.json is not the result that was expected: This is not the JSON of a drift: "
    )
    assert message in caught.value.message
