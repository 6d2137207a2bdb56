"""The result of validating the slot files."""

from __future__ import annotations

from reconciler.model.base import Frozen
from reconciler.model.problem import Problem


class ValidationReport(Frozen):
    """The problems of `slots` slots, in the order of files and lines.

    With `strict`, a warning makes the files invalid too.
    """

    problems: tuple[Problem, ...]
    slots: int
    strict: bool = False

    @property
    def valid(self) -> bool:
        """Whether there is no error and, with `strict`, no warning."""
        return not any(problem.is_error or self.strict for problem in self.problems)
