"""The JSON of a validation, printed and parsed, although anyone may have written it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from reconciler.errors import DocumentError, ManifestError
from reconciler.formats.failure import MAX_CHARACTERS, MAX_ENTRIES
from reconciler.formats.validation import (
    failed_validation_json,
    parsed_validation,
    validation_json,
)
from reconciler.model.validation import ValidationReport
from tests.reports import golden
from tests.reports.examples import VALIDATION
from tests.support.values import VALIDATION_REPORTS


def validation_of(**changed: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(validation_json(VALIDATION))
    return document | changed


def parsed(document: dict[str, Any]) -> ValidationReport:
    return parsed_validation(document, source="validation.json")


@given(VALIDATION_REPORTS)
def test_a_validation_survives_a_round_trip(report: ValidationReport) -> None:
    assert parsed(json.loads(validation_json(report))) == report


def test_problems_as_json() -> None:
    golden.check("validation.json", validation_json(VALIDATION))


def test_a_problem_has_exactly_the_documented_keys() -> None:
    document = json.loads(validation_json(VALIDATION))
    assert document.keys() == {"valid", "slots", "problems"}
    keys = {"file", "line", "column", "slot_id", "rule", "severity", "message", "hint"}
    assert all(problem.keys() == keys for problem in document["problems"])


def test_a_validation_that_ended_early_prints_its_error_in_its_own_shape() -> None:
    error = ManifestError("no slots", hint="Write one.")
    document = json.loads(failed_validation_json(error))
    assert document["error"] == {"message": "no slots", "hint": "Write one."}
    assert (document["valid"], document["slots"], document["problems"]) == (False, 0, [])


PROBLEM = validation_of()["problems"][0]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({}, "valid"),
        (validation_of(valid="true"), "valid"),
        (validation_of(slots=-1), "slots"),
        (validation_of(slots=10**10), "slots"),
        (validation_of(slots=True), "slots"),
        (validation_of(problems={}), "problems"),
        (validation_of(problems="text"), "problems"),
        (validation_of(problems=[PROBLEM] * (MAX_ENTRIES + 1)), "problems"),
        (validation_of(problems=["text"]), "problems.0"),
        (validation_of(problems=[{**PROBLEM, "severity": "fatal"}]), "problems.0.severity"),
        (validation_of(problems=[{**PROBLEM, "line": 1.5}]), "problems.0.line"),
        (validation_of(problems=[{**PROBLEM, "message": None}]), "problems.0.message"),
        (
            validation_of(problems=[{**PROBLEM, "message": "x" * (MAX_CHARACTERS + 1)}]),
            "problems.0.message",
        ),
        (validation_of(error=[]), "error"),
    ],
)
def test_anything_but_a_validation_is_refused_with_the_invalid_key(
    document: dict[str, Any], place: str
) -> None:
    with pytest.raises(DocumentError, match=f": This is not the JSON of a validation: `{place}`: "):
        parsed(document)


def test_a_refusal_shows_none_of_the_documents_content() -> None:
    with pytest.raises(DocumentError, match="not the JSON") as caught:
        parsed(validation_of(problems=[{**PROBLEM, "severity": "@someone\n::error::"}]))
    assert "@someone" not in str(caught.value)
    assert len(str(caught.value)) < 200
