"""Breaks of invariant 10: a run goes on after a second Ctrl-C, or does not report what is so."""

from __future__ import annotations

from typing import Any

import reconciler.engine.attempt
import reconciler.engine.write
import reconciler.operations.apply as operation
from reconciler.engine.run import Run
from reconciler.engine.write import Write
from reconciler.errors import OutcomeUnknownError
from reconciler.model.slot import SlotContent
from reconciler.ports import Ports
from tests.simulation.breaks.patching import Break, CanShow, Patch

carry_out = reconciler.engine.write.carry_out


def a_run_that_was_stopped_is_closed(patch: Patch) -> None:
    patch.setattr(Run, "cut_off", lambda self, _lines: self.finish())


def a_run_that_was_stopped_goes_by_its_memory(patch: Patch) -> None:
    patch.setattr(operation._Applying, "_recorded", lambda _self, ledger: ledger.lines)


def a_run_that_was_stopped_reports_nothing(patch: Patch) -> None:
    def stop(_self: Any, _lines: Any) -> Any:
        raise KeyboardInterrupt

    patch.setattr(Run, "cut_off", stop)


def a_second_interrupt_is_taken_for_a_lost_answer(patch: Patch) -> None:
    def uninterrupted(write: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
        try:
            return carry_out(write, ports=ports, max_attempts=max_attempts)
        except KeyboardInterrupt as error:
            raise OutcomeUnknownError("Nobody knows.", status=None) from error

    patch.setattr(reconciler.engine.attempt, "carry_out", uninterrupted)


BREAKS: dict[Break, int] = {
    a_run_that_was_stopped_is_closed: 10,
    a_run_that_was_stopped_goes_by_its_memory: 10,
    a_run_that_was_stopped_reports_nothing: 10,
    a_second_interrupt_is_taken_for_a_lost_answer: 10,
}

CAN_SHOW: dict[Break, CanShow] = {
    each: lambda seed: any(run.cut_off_at for run in seed.runs) for each in BREAKS
}
