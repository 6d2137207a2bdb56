"""The fleet's own chain of records: how a run of the fleet begins and ends in it."""

from __future__ import annotations

from collections.abc import Collection

from reconciler import __version__
from reconciler.model.fleet_history import FleetRun, PlannedStep, RecordedStep
from reconciler.model.fleet_run import FleetReport
from reconciler.operations.fleet.running import FleetRunning, FleetServices
from reconciler.planning.fleet_chain import (
    FLEET_FINISHED,
    FLEET_STARTED,
    finished_data,
    started_data,
)
from reconciler.planning.rollout.stages import Stage
from reconciler.ports import Ledger


def begin(
    ledger: Ledger,
    running: FleetRunning,
    services: FleetServices,
    *,
    stages: Collection[Stage],
    reason: str | None = None,
    retry_failed: bool = False,
    accept_loss: bool = False,
    continues: str | None = None,
) -> None:
    """Record that a run begins. Raises LedgerError."""
    run = FleetRun(
        run_id=running.run_id,
        started_at=services.clock.now(),
        action=running.action,
        bundle=running.bundle,
        commit=running.commit,
        actor=services.actor,
        reason=reason,
        tool_version=__version__,
        selection=running.selection,
        retry_failed=retry_failed,
        accept_loss=accept_loss,
        targets=sum(len(each.names) for each in stages),
        continues=continues,
        steps=tuple(RecordedStep(planned=_planned(each)) for each in stages),
    )
    ledger.append(FLEET_STARTED, **started_data(run))


def finish(ledger: Ledger, report: FleetReport) -> FleetReport:
    """Record that a run has ended; the report with the ledger's last hash. Raises LedgerError."""
    counts = {status: count for status, count in report.counts.items() if count}
    ledger.append(FLEET_FINISHED, **finished_data(is_complete=report.is_complete, counts=counts))
    return report.model_copy(update={"ledger_hash": ledger.last_hash})


def _planned(stage: Stage) -> PlannedStep:
    return PlannedStep(
        targets=len(stage.names),
        max_failures=stage.max_failures,
        bake_seconds=stage.bake_seconds,
        names=stage.names,
    )
