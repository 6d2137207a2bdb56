"""Breaks of invariants 1 to 3: the live graph, the order of the writes, and their pace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import reconciler.engine.run
import reconciler.planning.planner
from reconciler.adapters.cognigy import limiter, window
from reconciler.model.change import Change
from reconciler.model.outcome import Outcome
from tests.simulation.breaks.patching import Break, Patch

ordered = reconciler.planning.planner._ordered


def dependents_come_first(patch: Patch) -> None:
    patch.setattr("reconciler.planning.planner._ordered", lambda order: ordered(order)[::-1])


def a_run_continues_after_a_rejection(patch: Patch) -> None:
    patch.setattr(reconciler.engine.run, "_stopped", lambda _outcome: False)


def dependents_of_a_skipped_change_are_made(patch: Patch) -> None:
    whole = reconciler.engine.run.Run._skip_for_rejection

    def only_itself(self: Any, change: Change) -> Outcome | None:
        return whole(self, change.model_copy(update={"depends_on": ()}))

    patch.setattr(reconciler.engine.run.Run, "_skip_for_rejection", only_itself)


def places_are_given_back_at_the_start(patch: Patch) -> None:
    @contextmanager
    def place(self: Any) -> Iterator[None]:
        self._await(1, self._begin)
        self._window.end(at=self._clock.monotonic())
        yield

    patch.setattr(limiter.Limiter, "place", place)


def a_minute_is_shorter(patch: Patch) -> None:
    patch.setattr(window, "WINDOW_SECONDS", 55.0)


BREAKS: dict[Break, int] = {
    dependents_come_first: 2,
    a_run_continues_after_a_rejection: 2,
    dependents_of_a_skipped_change_are_made: 2,
    places_are_given_back_at_the_start: 3,
    a_minute_is_shorter: 3,
}
