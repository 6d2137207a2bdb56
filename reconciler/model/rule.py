"""A rule that slot files and plans must keep, as a value, and the one way to a problem."""

from __future__ import annotations

from reconciler.model.base import Frozen
from reconciler.model.problem import Problem, Severity, Source


class Rule(Frozen):
    """What can be wrong, how bad it is, and what it means.

    `severity_in_plan` differs from `severity` where only a look at the live slots decides.
    """

    id: str
    severity: Severity
    summary: str
    severity_in_plan: Severity | None = None

    def problem(
        self,
        source: Source,
        *,
        message: str,
        hint: str = "",
        slot_id: str | None = None,
    ) -> Problem:
        """This rule, broken at `source`."""
        return self._problem(
            source, message=message, hint=hint, slot_id=slot_id, severity=self.severity
        )

    def problem_in_plan(
        self, source: Source, *, message: str, slot_id: str, hint: str = ""
    ) -> Problem:
        """This rule, broken at `source`, as a plan judges it that has seen the live slots."""
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
