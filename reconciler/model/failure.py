"""Why a command has no result."""

from __future__ import annotations

from reconciler.model.base import Frozen
from reconciler.model.problem import Problem


class Failure(Frozen):
    """The message, what to do about it, and the problems that prevented a result."""

    message: str
    hint: str = ""
    problems: tuple[Problem, ...] = ()
