"""The JSON of an apply, printed and parsed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import DocumentError, ManifestError
from reconciler.formats.outcome import failed_outcome_json, outcome_json, parsed_outcome
from reconciler.model.outcome import RunReport
from tests.reports import golden
from tests.reports.examples import BROKEN_RUN, REJECTION, RUN
from tests.support.values import RUN_REPORTS


def printed(report: RunReport = RUN) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(outcome_json(report))
    return document


def without_what_exit_codes_depend_on(report: RunReport) -> RunReport:
    hint = report.hint if report.error is not None else ""
    return report.model_copy(update={"refused": False, "hint": hint})


@given(RUN_REPORTS)
def test_a_run_survives_a_round_trip_except_for_what_only_its_exit_code_needs(
    report: RunReport,
) -> None:
    again = parsed_outcome(printed(report), source="outcome.json")
    assert again == without_what_exit_codes_depend_on(report)


def test_a_run_includes_what_it_left_live_although_rejected() -> None:
    told = printed(RUN.model_copy(update={"rejected": (REJECTION,)}))["rejected"]
    assert [each["slot_id"] for each in told] == ["slot_quiet"]


def test_a_run_as_json() -> None:
    golden.check("run.json", outcome_json(RUN))


def test_a_run_has_the_documented_keys() -> None:
    document = printed()
    assert document.keys() >= {"run_id", "summary", "outcomes"}
    assert set(document["summary"].values()) == {1}
    keys = {"slot_id", "action", "status", "success_rate", "baseline", "message"}
    assert all(each.keys() >= keys for each in document["outcomes"])
    assert [each["slot_id"] for each in document["outcomes"] if each["recovered"]] == ["slot_time"]
    assert "error" not in document


def test_a_run_that_failed_says_so_in_the_same_object() -> None:
    document = printed(BROKEN_RUN)
    assert document["error"] == {"message": BROKEN_RUN.error, "hint": BROKEN_RUN.hint}
    assert document["outcomes"] == []


def test_an_apply_that_ended_early_prints_its_error_in_its_own_shape() -> None:
    document = json.loads(failed_outcome_json(ManifestError("no slots", hint="Write one.")))
    assert document.keys() >= {"run_id", "summary", "outcomes"}
    assert (document["run_id"], document["outcomes"]) == (None, [])
    assert document["error"] == {"message": "no slots", "hint": "Write one."}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"outcomes": None}, "outcomes"),
        ({"outcomes": [{"slot_id": "a"}]}, "outcomes.0.action"),
        ({"run_id": 5}, "run_id"),
        ({"target": "x"}, "target"),
        ({"error": "x"}, "error"),
    ],
)
def test_anything_but_an_outcome_is_refused_with_the_invalid_key(
    changed: dict[str, Any], place: str
) -> None:
    with pytest.raises(DocumentError, match=f"not the JSON of an apply: `{place}`"):
        parsed_outcome(printed() | changed, source="outcome.json")
