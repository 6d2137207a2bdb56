"""Look for drift in every target of the fleet."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.errors import LedgerError, LockHeldError
from reconciler.model.event import Warned
from reconciler.model.fleet import EVERYTHING, Selector
from reconciler.model.fleet_event import FleetBegun, FleetEnded
from reconciler.model.fleet_history import LedgerEnd
from reconciler.model.fleet_run import FleetAction, FleetReport, Task
from reconciler.operations.fleet.chain import begin, finish
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.running import (
    FleetRunning,
    FleetServices,
    all_at_once,
    carried_out,
    known_hash,
)
from reconciler.operations.fleet.selection import selected
from reconciler.planning.fleet_chain import TARGET_ENDED, target_data
from reconciler.planning.fleet_history import fleet_history
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
    ends = _ledger_ends(services)

    def task_of(name: str, _action: FleetAction) -> Task:
        target = files.fleet.by_name[name]
        return running.task(target, metrics=metrics, ledger_hash=known_hash(target, ends))

    services.observer.notice(
        FleetBegun(run_id=None, action=FleetAction.DRIFT, targets=len(targets))
    )
    rollout = all_at_once(files.fleet, targets)
    report = carried_out(running, rollout, services, task_of=task_of, ledger=None)
    report = _recorded(report, services, running=running, rollout=rollout)
    services.observer.notice(FleetEnded(report=report))
    return report


def _ledger_ends(services: FleetServices) -> Mapping[str, LedgerEnd]:
    """What the fleet's ledger says of those of the targets. If it cannot be read, that is only a
    warning, as below."""
    try:
        return fleet_history(services.ledger.lines()).ledger_ends
    except LedgerError as error:
        message = f"Whether ledgers of targets have lost lines is not known: {error.message}"
        services.observer.notice(Warned(message=message))
        return {}


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
