"""The result of validating the slot files, or those of a fleet."""

from __future__ import annotations

from reconciler.model.base import Frozen
from reconciler.model.failure import Failure
from reconciler.model.problem import Problem


class ValidationReport(Frozen):
    """The problems of `slots` slots, in the order of files and lines, and the verdict on them.

    `targets` are those of a fleet, None for a single project.
    `valid` depends on how strict the validation was. `failure` says why nothing could be validated.
    In a report that was read from a document, they may contradict one another.
    """

    problems: tuple[Problem, ...]
    slots: int
    targets: int | None = None
    valid: bool
    failure: Failure | None = None
