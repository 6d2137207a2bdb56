"""The JSON of a command that failed before it had a result, with the problems that prevented it.

    {"format_version": "1.0", "error": {"message": "…", "hint": "…", "problems": […]}}

`problems` is left out if there are none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from reconciler.errors import ManifestError, PlanningError, ReconcilerError
from reconciler.formats.printing import printed, printed_line
from reconciler.formats.reading import FORMAT_VERSION, WORD, Count, Shape, parsed
from reconciler.model.failure import Failure
from reconciler.model.problem import Problem, Severity, Source

MAX_ENTRIES = 100_000
"""Problems in one list."""
MAX_CHARACTERS = 100_000
"""Characters in one text."""


def _bounded(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"more than {MAX_CHARACTERS:,} characters")
    return text


# Anyone may have written the problems of a fork. Pydantic's own bound would also refuse a lone
# surrogate, which JSON may contain.
Text = Annotated[str, AfterValidator(_bounded)]
Problems = Field(strict=False, max_length=MAX_ENTRIES)


class ProblemShape(Shape):
    """One problem and its position."""

    file: Text
    line: Count
    column: Count
    rule: Text
    severity: Annotated[Severity, WORD]
    message: Text
    slot_id: Text | None = None
    hint: Text = ""

    @property
    def value(self) -> Problem:
        """The problem, without the excerpt of its line, which is not printed."""
        return Problem(
            source=Source(file=self.file, line=self.line, column=self.column),
            rule=self.rule,
            severity=self.severity,
            message=self.message,
            slot_id=self.slot_id,
            hint=self.hint,
        )


class FailureShape(Shape):
    """Why there is no result."""

    message: Text
    hint: Text = ""
    problems: Annotated[tuple[ProblemShape, ...], Problems] = ()

    @property
    def value(self) -> Failure:
        """The failure."""
        return Failure(
            message=self.message,
            hint=self.hint,
            problems=tuple(each.value for each in self.problems),
        )


class _Failed(Shape):
    error: FailureShape


def failure_of(error: ReconcilerError) -> Failure:
    """An error as a value."""
    problems = error.problems if isinstance(error, (ManifestError, PlanningError)) else ()
    return Failure(message=error.message, hint=error.hint, problems=tuple(problems))


def failure_json(error: ReconcilerError) -> str:
    """The JSON of a plan or drift that failed, so it is unknown whether anything differs."""
    return printed(_failed_object(error))


def failure_line(error: ReconcilerError) -> str:
    """The same as JSON Lines, of which there is one."""
    return printed_line(_failed_object(error))


def _failed_object(error: ReconcilerError) -> dict[str, Any]:
    return {"format_version": FORMAT_VERSION, "error": failure_object(failure_of(error))}


def parsed_failure(document: Mapping[str, Any], *, source: str, what: str) -> Failure:
    """The failure in a document that should be `what`. Raises DocumentError if it has none."""
    return parsed(_Failed, document, source=source, what=what).error.value


def failure_object(failure: Failure) -> dict[str, Any]:
    """The object under the key `error`."""
    document: dict[str, Any] = {"message": failure.message, "hint": failure.hint}
    if failure.problems:
        document["problems"] = [problem_object(problem) for problem in failure.problems]
    return document


def problem_object(problem: Problem) -> dict[str, Any]:
    """One problem as an object, with the keys of its position next to the others."""
    return {
        **problem.source.model_dump(),
        "slot_id": problem.slot_id,
        "rule": problem.rule,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
    }
