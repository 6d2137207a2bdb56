"""Look for drift in every target of the fleet."""

from __future__ import annotations

from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.event import Warned
from reconciler.model.fleet import EVERYTHING, Selector
from reconciler.model.fleet_event import FleetBegun, FleetEnded
from reconciler.model.fleet_run import FleetAction, FleetReport, Task
from reconciler.operations.fleet.chain import begin, finish
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.running import (
    FleetRunning,
    FleetServices,
    all_at_once,
    carried_out,
)
from reconciler.operations.fleet.selection import selected
from reconciler.planning.fleet_chain import TARGET_ENDED, target_data
from reconciler.planning.rollout.policy import Rollout


def fleet_drift(
    files: FleetFiles,
    services: FleetServices,
    *,
    selector: Selector = EVERYTHING,
    metrics: bool = False,
) -> FleetReport:
    """How each target differs from its files and, with `metrics`, how healthy it is; that is
    recorded in the fleet's ledger when all have ended. A target that cannot be compared is among
    the results, with its error.

    Raises ConfigurationError if nothing is selected.
    """
    targets = selected(files.fleet, selector)
    running = FleetRunning.of(files, services, action=FleetAction.DRIFT, selection=str(selector))

    def task_of(name: str, _action: FleetAction) -> Task:
        return running.task(files.fleet.by_name[name], metrics=metrics)

    services.observer.notice(
        FleetBegun(run_id=None, action=FleetAction.DRIFT, targets=len(targets))
    )
    rollout = all_at_once(files.fleet, targets)
    report = carried_out(running, rollout, services, task_of=task_of, ledger=None)
    report = _recorded(report, services, running=running, rollout=rollout)
    services.observer.notice(FleetEnded(report=report))
    return report


def _recorded(
    report: FleetReport, services: FleetServices, *, running: FleetRunning, rollout: Rollout
) -> FleetReport:
    """The report, after recording it. What another run of the fleet keeps from being recorded is
    only a warning: what was found is true without it."""
    try:
        with services.ledger.open(running.run_id) as ledger:
            begin(ledger, running, services, stages=rollout.stages)
            for each in report.results:
                ledger.append(TARGET_ENDED, **target_data(each, step=1))
            return finish(ledger, report)
    except (LedgerError, LockHeldError) as error:
        services.observer.notice(
            Warned(message=f"The fleet's ledger does not have this run: {error.message}")
        )
        return report
