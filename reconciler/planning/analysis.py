"""The analysis of many patterns within one budget, so that every run ends.

Nothing that analyses is loaded for plain patterns.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.planning.finding import PatternFault
from reconciler.planning.plain import is_plain

if TYPE_CHECKING:
    from reconciler.planning.dialect import Dialect

MAX_STEPS = 50_000_000
"""For all patterns of a run: about twenty seconds. Ten thousand ordinary slots need no steps."""


_PAIR_STEPS = 2_000
"""What it costs to compare two patterns at all, in steps."""


class Analysis:
    """Analyses patterns until its budget is used up. The budget is in steps, not seconds, so that
    the same files always give the same result.

    `api` has the limits that the patterns must respect."""

    def __init__(self, *, api: Api, steps: int) -> None:
        self.api = api
        self._left = steps
        self._known: dict[tuple[str, bool], tuple[PatternFault, ...]] = {}
        self.left_out: set[str] = set()
        """Patterns that were not fully analysed."""

    @cached_property
    def _dialect(self) -> Dialect:
        from reconciler.planning.dialect import dialect_of  # noqa: PLC0415

        return dialect_of(self.api)

    def faults(self, pattern: str, *, ignore_case: bool) -> tuple[PatternFault, ...]:
        """The faults of one pattern; once the steps are used up, only those that need none."""
        limits = self.api.patterns
        if not limits.delimited and is_plain(pattern, limits=limits):
            return ()
        key = (pattern, ignore_case)
        if key in self._known:
            return self._known[key]
        if self._left <= 0:
            found, is_half = self._dialect.faults_at_sight(pattern)
            if is_half:
                self.left_out.add(pattern)
            return found
        found, steps = self._dialect.faults_and_steps(pattern, ignore_case=ignore_case)
        if steps:
            self._left -= steps
            self._known[key] = found
        return found

    def shadows(self, earlier: str, later: str) -> bool:
        """Whether one pattern shadows another; always False once the steps are used up."""
        if self._left <= 0:
            self.left_out.add(later)
            return False
        from reconciler.patterns.backtracking import Effort  # noqa: PLC0415
        from reconciler.patterns.redundant import shadows  # noqa: PLC0415

        effort = Effort()
        found = shadows(earlier, later, effort=effort)
        self._left -= effort.steps
        return found

    def respelled(self, earlier: str, later: str, *, content: SlotContent) -> bool:
        """Whether two patterns of the slot mean the same; always False once the steps are used
        up."""
        if self._left <= 0:
            self.left_out.add(later)
            return False
        from reconciler.patterns.backtracking import Effort  # noqa: PLC0415
        from reconciler.patterns.redundant import respelled  # noqa: PLC0415
        from reconciler.planning.takers import taker_of  # noqa: PLC0415

        effort = Effort(steps=_PAIR_STEPS)
        taker = taker_of(content, self.api)
        sides = (replace(taker, patterns=(pattern,)) for pattern in (earlier, later))
        found = respelled(*sides, effort=effort)
        self._left -= effort.steps
        return found
