"""Comments without a plan."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.formats.failure import MAX_CHARACTERS
from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.problem import Problem, Severity, Source
from reconciler.model.rules.dependencies import UNKNOWN_DEPENDENCY
from reconciler.reports.comment import failed_plan_comment, validation_comment
from reconciler.reports.markers import LIMIT, is_marked, marker, read_hidden
from tests.reports import golden
from tests.reports.comment.examples import COMMIT, LINK
from tests.reports.comment.parsing import headings, require_harmless
from tests.reports.examples import PROBLEMS, VALIDATION
from tests.support.build import ENDPOINT


def failed(*problems: Problem, message: str = "no plan", hint: str = "") -> str:
    failure = Failure(message=message, hint=hint, problems=problems)
    return failed_plan_comment(ENDPOINT, failure, commit=COMMIT, link=LINK)


def validated(**changed: Any) -> str:
    report = VALIDATION.model_copy(update=changed)
    return validation_comment(report, commit=COMMIT, link=LINK)


def test_a_failed_plan_says_why_and_what_to_do() -> None:
    body = failed(
        UNKNOWN_DEPENDENCY.problem(
            Source(file="slots/a.yaml", line=1, column=2),
            message="no file describes `slot_b`",
            hint="Correct it.",
        ),
        message="No plan can be made from live to desired: 1 problem.",
        hint="`reconciler validate` lists these and more.",
    )
    require_harmless(body)
    golden.check("comment_failed_plan.md", body)


def test_a_failed_plan_replaces_the_plan_and_keeps_nothing_of_it() -> None:
    assert is_marked(failed(), marker("plan", ENDPOINT))
    assert read_hidden(failed(), "changes") == {}


@pytest.mark.parametrize("text", ["x" * 9_000, "`" * 9_000, "\r\n" * 9_000])
def test_the_largest_failure_keeps_the_limit_and_counts_what_it_leaves_out(text: str) -> None:
    problem = UNKNOWN_DEPENDENCY.problem(Source(file="a"), message=text)
    body = failed(*[problem] * 500, message=text, hint=text)
    require_harmless(body)
    assert len(body) <= LIMIT
    shown = body.count("\n- ") - 1
    assert f"… and {500 - shown} more problems" in body


def test_a_forks_validation() -> None:
    body = validated()
    require_harmless(body)
    golden.check("comment_validation.md", body)
    assert is_marked(body, marker("validation", Endpoint(origin="")))


@pytest.mark.parametrize(
    ("changed", "headline"),
    [
        ({}, "🛑 Not valid: 3 slots, 2 errors, 1 warning"),
        ({"valid": True}, "🛑 Not valid: 3 slots, 2 errors, 1 warning"),
        ({"problems": ()}, "🛑 Not valid: 3 slots, 0 errors, 0 warnings"),
        ({"valid": True, "problems": ()}, "✅ Valid: 3 slots, 0 errors, 0 warnings"),
        (
            {"valid": True, "problems": (), "failure": Failure(message="m")},
            "🛑 Not valid: 3 slots, 0 errors, 0 warnings",
        ),
    ],
)
def test_a_document_that_contradicts_itself_is_not_called_valid(
    changed: dict[str, Any], headline: str
) -> None:
    assert headings(validated(**changed)) == [headline]


def test_warnings_alone_are_valid_with_a_sign() -> None:
    warnings = tuple(each for each in PROBLEMS if not each.is_error)
    body = validated(valid=True, problems=warnings)
    assert headings(body) == ["⚠️ Valid: 3 slots, 0 errors, 1 warning"]


def test_errors_come_before_warnings() -> None:
    body = validated(problems=(PROBLEMS[1], PROBLEMS[0]))
    assert body.index("**error**") < body.index("**warning**")


def test_a_validation_that_ended_early_says_why() -> None:
    failure = Failure(message="no slots", hint="Write one.")
    body = validated(slots=0, problems=(), valid=False, failure=failure)
    assert "no slots" in body
    assert "Write one." in body


@pytest.mark.parametrize("text", ["x" * MAX_CHARACTERS, "`" * 5_000, "\n" * 5_000])
def test_the_largest_validation_keeps_the_limit_and_counts_what_it_leaves_out(text: str) -> None:
    problem = Problem(
        source=Source(file=text), rule=text, severity=Severity.ERROR, message=text, hint=text
    )
    failure = Failure(message=text, hint=text)
    body = validated(problems=(problem,) * 5_000, failure=failure)
    require_harmless(body)
    assert len(body) <= LIMIT
    assert "more problems" in body
