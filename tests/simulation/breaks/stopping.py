"""Breaks of invariant 10: a run continues after a second Ctrl-C, or its report is not true."""

from __future__ import annotations

from typing import Any

import reconciler.engine.attempt
import reconciler.engine.write
import reconciler.operations.apply as operation
from reconciler.engine.run import Run
from reconciler.engine.write import Write
from reconciler.errors import OutcomeUnknownError
from reconciler.model.content import SlotContent
from reconciler.ports import Ports
from tests.simulation.breaks.patching import Break, CanShow, Patch

carry_out = reconciler.engine.write.carry_out


def a_stopped_run_is_closed(patch: Patch) -> None:
    patch.setattr(Run, "cut_off", lambda self, _lines: self.finish())


def a_stopped_run_reports_from_memory(patch: Patch) -> None:
    patch.setattr(operation._Applying, "_recorded", lambda _self, ledger: ledger.lines)


def a_stopped_run_has_no_report(patch: Patch) -> None:
    def stop(_self: Any, _lines: Any) -> Any:
        raise KeyboardInterrupt

    patch.setattr(Run, "cut_off", stop)


def a_second_interrupt_counts_as_a_lost_response(patch: Patch) -> None:
    def uninterrupted(write: Write, *, ports: Ports, max_attempts: int) -> SlotContent | None:
        try:
            return carry_out(write, ports=ports, max_attempts=max_attempts)
        except KeyboardInterrupt as error:
            raise OutcomeUnknownError("Nobody knows.", status=None) from error

    patch.setattr(reconciler.engine.attempt, "carry_out", uninterrupted)


BREAKS: dict[Break, int] = {
    a_stopped_run_is_closed: 10,
    a_stopped_run_reports_from_memory: 10,
    a_stopped_run_has_no_report: 10,
    a_second_interrupt_counts_as_a_lost_response: 10,
}

CAN_SHOW: dict[Break, CanShow] = {
    each: lambda seed: any(run.cut_off_at for run in seed.runs) for each in BREAKS
}
