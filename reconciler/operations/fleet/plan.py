"""Plan every target of the fleet; writes nothing to any tenant, and records nothing."""

from __future__ import annotations

from reconciler.model.fleet import EVERYTHING, Selector
from reconciler.model.fleet_event import FleetBegun, FleetEnded
from reconciler.model.fleet_run import FleetAction, FleetReport, Task
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.running import (
    FleetRunning,
    FleetServices,
    all_at_once,
    carried_out,
    known_hash,
)
from reconciler.operations.fleet.selection import selected
from reconciler.planning.fleet_history import fleet_history


def fleet_plan(
    files: FleetFiles, services: FleetServices, *, selector: Selector = EVERYTHING
) -> FleetReport:
    """The plan of each target, grouped by what changes. A target that cannot be planned is among
    the results, with its error.

    Raises ConfigurationError if nothing is selected, and LedgerError if that of the fleet cannot be
    read.
    """
    targets = selected(files.fleet, selector)
    history = fleet_history(services.ledger.lines())
    quarantined = tuple(sorted(history.quarantined))
    running = FleetRunning.of(files, services, action=FleetAction.PLAN, selection=str(selector))

    def task_of(name: str, _action: FleetAction) -> Task:
        target = files.fleet.by_name[name]
        known = known_hash(target, history.ledger_ends)
        return running.task(target, quarantined=quarantined, ledger_hash=known)

    services.observer.notice(FleetBegun(run_id=None, action=FleetAction.PLAN, targets=len(targets)))
    report = carried_out(
        running, all_at_once(files.fleet, targets), services, task_of=task_of, ledger=None
    )
    report = report.model_copy(update={"run_id": None})
    services.observer.notice(FleetEnded(report=report))
    return report
