"""What ends a process of ours in the middle of a step: a power cut, or a second Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from tests.simulation.trace import Trace, Violation
from tests.support.clock import VirtualClock


class PowerCut(BaseException):
    """Nothing of ours runs after it, and nothing of ours may catch it."""


class Ending(str, Enum):
    """How a process ends before it is done."""

    CRASH = "crash"
    CUT_OFF = "cut off"
    """By the KeyboardInterrupt that a second Ctrl-C raises, which may be caught and reported."""


class Fuse:
    """Ends a process of ours at one step: either side of a request or a ledger line, or a wait."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._left: int | None = None
        self._ending = Ending.CRASH
        self.has_cut_off = False
        """Whether a second Ctrl-C has stopped this process."""

    def set(self, steps: int | None, *, ending: Ending = Ending.CRASH) -> None:
        """For another process: end it at this step from now; None for never."""
        self._left = steps
        self._ending = ending
        self.has_cut_off = False

    def step(
        self, where: str, what: str, *, last_act: Callable[[Ending], None] = lambda _ending: None
    ) -> None:
        """Come by. When it is time, raises PowerCut or KeyboardInterrupt, after `last_act`.

        Raises Violation where a process goes on that a second Ctrl-C has stopped.
        """
        if self.has_cut_off:
            raise Violation(10, f"{where}, after the second Ctrl-C: {what}")
        if self._left is None:
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
        """Wait, unless the process ends as it begins to."""
        if self.fuse is not None and seconds > 0:
            self.fuse.step("in a wait", f"{seconds:.1f} s")
        super().sleep(seconds)
