"""Comments where there is no plan."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.errors import ManifestError
from reconciler.model.endpoint import Endpoint
from reconciler.reports.comment import failed_plan_comment, validation_comment
from reconciler.reports.documents import MAX_CHARACTERS, MAX_ENTRIES
from reconciler.reports.machine import failed_validation_json
from reconciler.reports.markers import LIMIT, is_marked, marker, read_hidden
from tests.reports import golden
from tests.reports.comment.examples import COMMIT, LINK, as_document, validation_of
from tests.reports.comment.parsing import headings, require_harmless
from tests.support.build import ENDPOINT


def failed(problems: list[str], *, message: str = "no plan", hint: str = "") -> str:
    return failed_plan_comment(
        ENDPOINT, message=message, hint=hint, problems=problems, commit=COMMIT, link=LINK
    )


def validated(document: dict[str, Any]) -> str:
    return validation_comment(document, commit=COMMIT, link=LINK)


def test_a_failed_plan_says_why_and_what_to_do() -> None:
    body = failed(
        ["slots/a.yaml:1:2: no file describes `slot_b` [unknown-dependency]"],
        message="There is no plan from live to desired: 1 problem.",
        hint="`reconciler validate` lists these and more.",
    )
    require_harmless(body)
    golden.check("comment_failed_plan.md", body)


def test_a_failed_plan_takes_the_place_of_the_plan_and_keeps_nothing_of_it() -> None:
    assert is_marked(failed([]), marker("plan", ENDPOINT))
    assert read_hidden(failed([]), "changes") == {}


@pytest.mark.parametrize("text", ["x" * 9_000, "`" * 9_000, "\r\n" * 9_000])
def test_the_largest_failure_keeps_the_limit_and_counts_what_it_leaves_out(text: str) -> None:
    body = failed([text] * 500, message=text, hint=text)
    require_harmless(body)
    assert len(body) <= LIMIT
    shown = body.count("\n- ") - 1
    assert f"… and {500 - shown} more problems" in body


def test_a_forks_validation() -> None:
    body = validated(validation_of())
    require_harmless(body)
    golden.check("comment_validation.md", body)
    assert is_marked(body, marker("validation", Endpoint(origin="")))


@pytest.mark.parametrize(
    ("changed", "headline"),
    [
        ({}, "🛑 Not valid: 3 slots, 2 errors, 1 warning"),
        ({"valid": True}, "🛑 Not valid: 3 slots, 2 errors, 1 warning"),
        ({"problems": []}, "🛑 Not valid: 3 slots, 0 errors, 0 warnings"),
        ({"valid": True, "problems": []}, "✅ Valid: 3 slots, 0 errors, 0 warnings"),
        (
            {"valid": True, "problems": [], "error": {"message": "m"}},
            "🛑 Not valid: 3 slots, 0 errors, 0 warnings",
        ),
    ],
)
def test_a_document_that_contradicts_itself_is_not_called_valid(
    changed: dict[str, Any], headline: str
) -> None:
    assert headings(validated(validation_of(**changed))) == [headline]


def test_warnings_alone_are_valid_with_a_sign() -> None:
    warnings = [each for each in validation_of()["problems"] if each["severity"] == "warning"]
    body = validated(validation_of(valid=True, problems=warnings))
    assert headings(body) == ["⚠️ Valid: 3 slots, 0 errors, 1 warning"]


def test_errors_stand_before_warnings() -> None:
    problems = validation_of()["problems"]
    body = validated(validation_of(problems=[problems[1], problems[0]]))
    assert body.index("**error**") < body.index("**warning**")


def test_a_validation_that_ended_early_says_why() -> None:
    document = as_document(failed_validation_json(ManifestError("no slots", hint="Write one.")))
    body = validated(document)
    assert "no slots" in body
    assert "Write one." in body


@pytest.mark.parametrize("text", ["x" * MAX_CHARACTERS, "`" * 5_000, "\n" * 5_000])
def test_the_largest_validation_keeps_the_limit_and_counts_what_it_leaves_out(text: str) -> None:
    problem = {
        **validation_of()["problems"][0],
        **dict.fromkeys(("file", "message", "hint", "rule"), text),
    }
    body = validated(
        validation_of(problems=[problem] * 5_000, error={"message": text, "hint": text})
    )
    require_harmless(body)
    assert len(body) <= LIMIT
    assert "more problems" in body


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
def test_what_is_no_validation_is_refused_with_its_place(
    document: dict[str, Any], place: str
) -> None:
    with pytest.raises(ValueError, match=f"^This is not the JSON of a validation: `{place}`: "):
        validated(document)


def test_a_refusal_holds_nothing_of_the_document() -> None:
    with pytest.raises(ValueError, match="not the JSON") as caught:
        validated(validation_of(problems=[{**PROBLEM, "severity": "@someone\n::error::"}]))
    assert "@someone" not in str(caught.value)
    assert len(str(caught.value)) < 200
