"""The JSON of a command that failed."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import ManifestError, PlanningError
from reconciler.formats.failure import failure_json, failure_of, parsed_failure
from reconciler.formats.validation import validation_json
from reconciler.model.problem import Problem
from tests.reports.examples import PROBLEMS, VALIDATION
from tests.support.values import ANY_TEXT
from tests.support.values import PROBLEMS as ANY_PROBLEM


@given(message=ANY_TEXT, hint=ANY_TEXT, problems=st.lists(ANY_PROBLEM, max_size=3))
def test_a_failure_survives_a_round_trip(message: str, hint: str, problems: list[Problem]) -> None:
    error = PlanningError(message, hint=hint, problems=problems)
    document = json.loads(failure_json(error))
    assert parsed_failure(document, source="plan.json", what="a plan") == failure_of(error)


def test_a_failure_has_no_changes_because_it_is_unknown_whether_anything_differs() -> None:
    document = json.loads(failure_json(ManifestError("no slots", hint="Write one.")))
    assert document == {
        "format_version": "1.0",
        "error": {"message": "no slots", "hint": "Write one."},
    }


def test_a_failure_lists_the_problems_that_prevented_a_result() -> None:
    error = PlanningError("no plan", problems=PROBLEMS)
    listed = json.loads(failure_json(error))["error"]["problems"]
    assert listed == json.loads(validation_json(VALIDATION))["problems"]
