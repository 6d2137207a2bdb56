"""A rule that slot files and plans must follow, as a value. Only a rule makes problems."""

from __future__ import annotations

from textwrap import dedent
from typing import Annotated

from pydantic import AfterValidator

from reconciler.model.base import Frozen
from reconciler.model.problem import Problem, Severity, Source


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _without_margin(text: str) -> str:
    return dedent(text).strip("\n")


Prose = Annotated[str, AfterValidator(_on_one_line)]
"""A paragraph. It may be written over several lines, and is kept as one."""
Excerpt = Annotated[str, AfterValidator(_without_margin)]
"""Lines of a file. They may be indented like the code around them, and are kept without it."""


class Example(Frozen):
    """Lines of a slot file that break a rule, and the same lines mended.

    Keys that the rule is not about are left out, even if a slot file needs them.
    """

    bad: Excerpt
    good: Excerpt


class Rule(Frozen):
    """What can be wrong, how bad it is, why it matters, and how to fix it.

    `example` is None if lines of a slot file cannot show it. `severity_in_plan` is None unless the
    severity is different in a plan, which knows the live slots.
    """

    id: str
    severity: Severity
    summary: str
    why: Prose
    fix: Prose
    example: Example | None = None
    severity_in_plan: Severity | None = None

    def problem(
        self,
        source: Source,
        *,
        message: str,
        hint: str = "",
        slot_id: str | None = None,
    ) -> Problem:
        """The problem that this rule is broken at `source`."""
        return self._problem(
            source, message=message, hint=hint, slot_id=slot_id, severity=self.severity
        )

    def problem_in_plan(
        self, source: Source, *, message: str, slot_id: str, hint: str = ""
    ) -> Problem:
        """The same rule, with the severity that it has in a plan."""
        return self._problem(
            source,
            message=message,
            hint=hint,
            slot_id=slot_id,
            severity=self.severity_in_plan or self.severity,
        )

    def _problem(
        self, source: Source, *, message: str, hint: str, slot_id: str | None, severity: Severity
    ) -> Problem:
        return Problem(
            source=source,
            rule=self.id,
            message=message,
            slot_id=slot_id,
            severity=severity,
            hint=hint,
        )
