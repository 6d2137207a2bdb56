"""Comments where there is no plan: it could not be made, or a fork's may not be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.model.endpoint import Endpoint
from reconciler.model.problem import Severity
from reconciler.reports.documents import ValidationDocument, ValidationEntry, validation_document
from reconciler.reports.markdown_text import (
    MAX_NAME,
    MAX_TEXT,
    code,
    foot,
    message_block,
    within,
)
from reconciler.reports.markers import marker
from reconciler.reports.words import counted

_ROOM = 30_000


def failed_plan_comment(
    endpoint: Endpoint,
    *,
    message: str,
    hint: str,
    problems: Sequence[str] = (),
    commit: str | None,
    link: str | None,
) -> str:
    """Why there is no plan, with every problem and the way out."""
    items = (f"- {code(problem, most=MAX_TEXT)}" for problem in problems)
    return "\n".join(
        [
            marker("plan", endpoint),
            "",
            "### 🛑 No plan could be made",
            "",
            *_said(message, hint),
            *_section(within(items, count=len(problems), room=_ROOM, noun="problem")),
            foot((), commit=commit, link=link, full="full log"),
        ]
    ).rstrip()


def validation_comment(document: Mapping[str, Any], *, commit: str | None, link: str | None) -> str:
    """What a validation without secrets says of a fork's files.

    The document may come from anybody. Raises ValueError where it is no validation.
    """
    found = validation_document(document)
    errors = [each for each in found.problems if each.severity is Severity.ERROR]
    warnings = [each for each in found.problems if each.severity is Severity.WARNING]
    items = (_problem(each) for each in (*errors, *warnings))
    return "\n".join(
        [
            marker("validation", Endpoint(origin="")),
            "",
            f"### {_verdict(found, errors=len(errors), warnings=len(warnings))}",
            "",
            *(_said(found.error.message, found.error.hint) if found.error else ()),
            *_section(within(items, count=len(found.problems), room=_ROOM, noun="problem")),
            "This comes from a fork: its files were checked offline, by a run that the pull "
            "request itself controls. A plan needs the tenant, and is made once the change stands "
            "on a branch of this repository.",
            "",
            foot((), commit=commit, link=link, full="full log"),
        ]
    ).rstrip()


def _verdict(found: ValidationDocument, *, errors: int, warnings: int) -> str:
    counts = (
        f"{counted(found.slots, 'slot')}, {counted(errors, 'error')}, "
        f"{counted(warnings, 'warning')}"
    )
    if errors or found.error or not found.valid:
        return f"🛑 Not valid: {counts}"
    return f"{'⚠️' if warnings else '✅'} Valid: {counts}"


def _problem(problem: ValidationEntry) -> str:
    place = code(f"{problem.file}:{problem.line}:{problem.column}", most=2 * MAX_NAME)
    hint = f" {code(problem.hint, most=MAX_TEXT)}" if problem.hint else ""
    said = code(problem.message, most=MAX_TEXT)
    rule = code(problem.rule, most=MAX_NAME)
    return f"- **{problem.severity.value}** {place} {said}{hint} ({rule})"


def _said(text: str, hint: str) -> list[str]:
    lines = [*message_block(text), ""]
    return [*lines, *message_block(hint), ""] if hint else lines


def _section(lines: Sequence[str]) -> list[str]:
    return [*lines, ""] if lines else []
