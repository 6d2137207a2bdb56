"""Comments without a plan: it could not be made, or comes from a fork."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.endpoint import Endpoint
from reconciler.model.failure import Failure
from reconciler.model.problem import Problem
from reconciler.model.validation import ValidationReport
from reconciler.reports.markdown_text import (
    MAX_NAME,
    MAX_TEXT,
    code,
    foot,
    message_block,
    within,
)
from reconciler.reports.markers import marker
from reconciler.reports.numbers import counted

_ROOM = 30_000


def failed_plan_comment(
    endpoint: Endpoint, failure: Failure, *, commit: str | None, link: str | None
) -> str:
    """Why there is no plan, with every problem and the way out."""
    section = failed_plan_section(failure, commit=commit, link=link, room=_ROOM)
    return f"{marker('plan', endpoint)}\n\n{section}"


def failed_plan_section(
    failure: Failure, *, commit: str | None, link: str | None, room: int
) -> str:
    """The same without the hidden line, with as many problems as fit in `room` characters."""
    problems = failure.problems
    items = (f"- {code(_line(problem), most=MAX_TEXT)}" for problem in problems)
    return "\n".join(
        [
            "### 🛑 No plan could be made",
            "",
            *_said(failure),
            *_section(within(items, count=len(problems), room=min(room, _ROOM), noun="problem")),
            foot((), commit=commit, link=link, full="full log"),
        ]
    ).rstrip()


def validation_comment(report: ValidationReport, *, commit: str | None, link: str | None) -> str:
    """The result of a validation, without secrets, of a fork's files, which anyone may write."""
    errors = [each for each in report.problems if each.is_error]
    warnings = [each for each in report.problems if not each.is_error]
    items = (_problem(each) for each in (*errors, *warnings))
    return "\n".join(
        [
            marker("validation", Endpoint(origin="")),
            "",
            f"### {_verdict(report, errors=len(errors), warnings=len(warnings))}",
            "",
            *(_said(report.failure) if report.failure else ()),
            *_section(within(items, count=len(report.problems), room=_ROOM, noun="problem")),
            "This comes from a fork: its files were checked offline, by a run that the pull "
            "request itself controls. A plan needs the tenant, and is made once the change is on a "
            "branch of this repository.",
            "",
            foot((), commit=commit, link=link, full="full log"),
        ]
    ).rstrip()


def _verdict(report: ValidationReport, *, errors: int, warnings: int) -> str:
    counts = (
        f"{counted(report.slots, 'slot')}, {counted(errors, 'error')}, "
        f"{counted(warnings, 'warning')}"
    )
    if errors or report.failure or not report.valid:
        return f"🛑 Not valid: {counts}"
    return f"{'⚠️' if warnings else '✅'} Valid: {counts}"


def _line(problem: Problem) -> str:
    hint = f": {problem.hint}" if problem.hint else ""
    return f"{problem.place}{problem.severity.value}: {problem.message}{hint}"


def _problem(problem: Problem) -> str:
    place = f"{code(str(problem.source), most=2 * MAX_NAME)} " if problem.source.is_known else ""
    hint = f" {code(problem.hint, most=MAX_TEXT)}" if problem.hint else ""
    said = code(problem.message, most=MAX_TEXT)
    rule = code(problem.rule, most=MAX_NAME)
    return f"- **{problem.severity.value}** {place}{said}{hint} ({rule})"


def _said(failure: Failure) -> list[str]:
    lines = [*message_block(failure.message), ""]
    return [*lines, *message_block(failure.hint), ""] if failure.hint else lines


def _section(lines: Sequence[str]) -> list[str]:
    return [*lines, ""] if lines else []
