"""The JSON of `validate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.errors import ReconcilerError
from reconciler.formats.failure import (
    FailureShape,
    Problems,
    ProblemShape,
    failure_object,
    failure_of,
    problem_object,
)
from reconciler.formats.printing import printed
from reconciler.formats.reading import Count, Shape, parsed
from reconciler.model.validation import ValidationReport


class _Validation(Shape):
    valid: bool
    slots: Count
    targets: Count | None = None
    problems: Annotated[tuple[ProblemShape, ...], Problems]
    error: FailureShape | None = None


def validation_json(report: ValidationReport) -> str:
    """The JSON of a validation; it has an `error` if nothing could be validated."""
    document: dict[str, Any] = {
        "valid": report.valid,
        "slots": report.slots,
        "problems": [problem_object(problem) for problem in report.problems],
    }
    if report.targets is not None:
        document["targets"] = report.targets
    if report.failure is not None:
        document["error"] = failure_object(report.failure)
    return printed(document)


def failed_validation_json(error: ReconcilerError) -> str:
    """The JSON of a validation that had nothing to read."""
    return validation_json(
        ValidationReport(problems=(), slots=0, valid=False, failure=failure_of(error))
    )


def parsed_validation(document: Mapping[str, Any], *, source: str) -> ValidationReport:
    """The report. Anyone may have written it, so its parts may contradict one another.

    `source` names the document in messages. Raises DocumentError.
    """
    shape = parsed(_Validation, document, source=source, what="the JSON of a validation")
    return ValidationReport(
        problems=tuple(each.value for each in shape.problems),
        slots=shape.slots,
        targets=shape.targets,
        valid=shape.valid,
        failure=shape.error.value if shape.error else None,
    )
