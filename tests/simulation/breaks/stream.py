"""Breaks of invariant 8: a listener misses an event, or hears a wrong one."""

from __future__ import annotations

from typing import Any

import reconciler.engine.run
import reconciler.engine.write
from reconciler.engine import judging
from reconciler.model.event import ChangeEnded, WaitingForMetrics
from reconciler.model.outcome import Outcome
from reconciler.ports import Ports
from tests.simulation.breaks.patching import Break, Patch


def the_end_of_a_change_is_not_announced(patch: Patch) -> None:
    patch.setattr(
        reconciler.engine.run.Run, "_end", lambda self, outcome: self._outcomes.append(outcome)
    )


def the_end_of_a_change_is_announced_twice(patch: Patch) -> None:
    end = reconciler.engine.run.Run._end

    def twice(self: Any, outcome: Outcome) -> None:
        end(self, outcome)
        self._ports.observer.notice(ChangeEnded(outcome=outcome))

    patch.setattr(reconciler.engine.run.Run, "_end", twice)


def a_wait_is_longer_than_announced(patch: Patch) -> None:
    waiting = judging._waiting

    def late(evaluation: Any, reading: Any, *, now: float) -> WaitingForMetrics:
        return waiting(evaluation, reading, now=now + 1.0)

    patch.setattr(judging, "_waiting", late)


def a_doubtful_write_is_not_announced(patch: Patch) -> None:
    def pause(attempt: int, *, ports: Ports, **_rest: Any) -> None:
        ports.clock.sleep(float(attempt))

    patch.setattr(reconciler.engine.write, "pause_after", pause)


BREAKS: dict[Break, int] = {
    the_end_of_a_change_is_not_announced: 8,
    the_end_of_a_change_is_announced_twice: 8,
    a_wait_is_longer_than_announced: 8,
    a_doubtful_write_is_not_announced: 8,
}
