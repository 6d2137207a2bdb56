"""What ends a process in the middle of a step: a power cut, or a second Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from tests.simulation.trace import Trace, Violation
from tests.support.clock import VirtualClock


class PowerCut(BaseException):
    """None of our code runs after it, and none may catch it."""


class Ending(str, Enum):
    """How a process ends early."""

    CRASH = "crash"
    CUT_OFF = "cut off"
    """By the KeyboardInterrupt of a second Ctrl-C, which may be caught and reported."""


class Fuse:
    """Ends a process at one step: before or after a request or a ledger line, or in a wait."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._left: int | None = None
        self._ending = Ending.CRASH
        self._at_lines = False
        self.has_cut_off = False
        """Whether a second Ctrl-C has stopped this process."""

    def set(
        self, steps: int | None, *, ending: Ending = Ending.CRASH, at_lines: bool = False
    ) -> None:
        """End the next process at this step, counted over ledger lines only if `at_lines`; None for
        never."""
        self._left = steps
        self._at_lines = at_lines
        self._ending = ending
        self.has_cut_off = False

    def step(
        self, where: str, what: str, *, last_act: Callable[[Ending], None] = lambda _ending: None
    ) -> None:
        """Pass a step. When it is time, raises PowerCut or KeyboardInterrupt, after `last_act`.

        Raises Violation if the process continues after a second Ctrl-C.
        """
        if self.has_cut_off:
            raise Violation(10, f"{where}, after the second Ctrl-C: {what}")
        if self._left is None or (self._at_lines and not where.endswith("a line")):
            return
        self._left -= 1
        if self._left > 0:
            return
        self._left = None
        self._trace.count(f"{self._ending.value}: {where}")
        self._trace.say(self._ending.value.upper(), f"{where}: {what}")
        last_act(self._ending)
        if self._ending is Ending.CUT_OFF:
            self.has_cut_off = True
            raise KeyboardInterrupt
        raise PowerCut


class FusedClock(VirtualClock):
    """A clock whose waits are steps of the fuse too."""

    fuse: Fuse | None = None

    def sleep(self, seconds: float) -> None:
        """Wait, unless the process ends first."""
        if self.fuse is not None and seconds > 0:
            self.fuse.step("in a wait", f"{seconds:.1f} s")
        super().sleep(seconds)
