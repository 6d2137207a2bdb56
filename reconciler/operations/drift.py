"""Compare the live slots with the files. It changes neither the tenant nor the files, and records
in the ledger what becomes of changes on probation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reconciler.engine.measured_once import MeasuredOnce
from reconciler.model.change import Change
from reconciler.model.drift import DriftReport, SlotHealth
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.ledger import History
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.state import LiveState
from reconciler.operations.bake import Baked, bake, is_due
from reconciler.operations.findings import Finding, Recorded, record
from reconciler.operations.health import health_of
from reconciler.operations.history import history_of, warn_of_a_loss
from reconciler.operations.live_plan import compared, drift_causes, last_changes
from reconciler.operations.promotion import promotion_of
from reconciler.operations.services import Services
from reconciler.operations.sightings import is_unchanged, sightings
from reconciler.ports import Connection, Notifier, Observer, Permission


@dataclass(frozen=True)
class DriftRequest:
    """`metrics` also checks the success rate of every managed slot against its gate, and judges the
    changes on probation."""

    metrics: bool = False


def drift(
    project: Project, services: Services, request: DriftRequest = DriftRequest()
) -> DriftReport:
    """The differences, with their causes if the ledger knows them; each difference is notified, and
    each change whose bake fails. The report warns if a verdict on a bake could not be recorded.

    Raises LedgerError, PlanningError and TenantError, and ConfigurationError if metrics are
    requested without a bot.
    """
    with services.connect(project, permission=Permission.READ) as connection:
        at_work = services.ledger.holder()
        lines = services.ledger.lines()
        warn_of_a_loss(lines, services)
        history = history_of(lines, endpoint=connection.endpoint, observer=services.observer)
        made, live = compared(
            project,
            connection,
            history=history,
            promotion=promotion_of(project, services, lines=lines),
        )
        metrics, baked = (
            _measured(made, live, project, history, connection, services)
            if request.metrics
            else (None, Baked())
        )
        report = DriftReport.of(
            made,
            causes=drift_causes(made, connection, history=history),
            metrics=metrics,
            bakes=baked.bakes,
            last_changes=last_changes(made, live, tenant=connection.tenant),
            at_work=at_work if at_work is not None else services.ledger.holder(),
        )
        if request.metrics:
            seen = sightings(
                project, live, report, lines=lines, history=history, now=services.clock.now()
            )
            recorded = _recorded(
                baked.verdicts,
                tuple(seen),
                project=project,
                endpoint=connection.endpoint,
                history=history,
                services=services,
            )
            baked = baked.as_recorded(recorded)
            report = report.with_bakes(baked.bakes).warning_of(recorded.problem)
    if report.at_work is not None:
        _warn_of_an_apply(report.at_work, observer=services.observer)
    _notify(report.changes, baked, live, services.notifier(), observer=services.observer)
    return report


def _measured(
    made: Plan,
    live: LiveState,
    project: Project,
    history: History,
    connection: Connection,
    services: Services,
) -> tuple[Mapping[str, SlotHealth], Baked]:
    """The health of the slots and the bakes of changes, for which each metric is measured once."""
    once = MeasuredOnce(connection.tenant)
    metrics = health_of(
        project,
        connection.endpoint,
        made,
        tenant=once,
        clock=services.clock,
        observer=services.observer,
    )
    baked = bake(
        project,
        live,
        endpoint=connection.endpoint,
        history=history,
        tenant=once,
        services=services,
    )
    return metrics, baked


def _recorded(
    verdicts: Sequence[Finding],
    seen: Sequence[Finding],
    *,
    project: Project,
    endpoint: Endpoint,
    history: History,
    services: Services,
) -> Recorded:
    """Record the verdicts on bakes and what was seen, as far as both still hold."""

    def still_holds(finding: Finding, now: History) -> bool:
        if finding in verdicts:
            return is_due(finding, now)
        return is_unchanged(finding, before=history, now=now)

    return record(
        [*verdicts, *seen],
        still_holds=still_holds,
        command="drift",
        project=project,
        services=services,
        endpoint=endpoint,
    )


def _warn_of_an_apply(at_work: str, *, observer: Observer) -> None:
    who = f" ({at_work})" if at_work else ""
    observer.notice(Warned(message=f"An apply is running{who}: what it changes may show as drift."))


def _notify(
    drifted: Iterable[Change],
    baked: Baked,
    live: LiveState,
    notifier: Notifier,
    *,
    observer: Observer,
) -> None:
    for change in drifted:
        notifier.notify(
            "drift_detected",
            slot_id=change.slot_id,
            content=change.after,
            retrain=change.trigger_retrain,
        )
    for slot_id in baked.fallen:
        notifier.notify("gate_failed", slot_id=slot_id, content=live[slot_id].content, retrain=True)
    for failure in notifier.close():
        observer.notice(Warned(message=f"webhook: {failure}"))
