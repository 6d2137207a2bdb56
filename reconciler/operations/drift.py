"""Compare the live slots with the files; changes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.model.change import Change
from reconciler.model.drift import DriftReport
from reconciler.model.event import Warned
from reconciler.model.project import Project
from reconciler.operations.health import health_of
from reconciler.operations.history import history_of
from reconciler.operations.live_plan import compared, drift_causes, last_changes
from reconciler.operations.promotion import promotion_of
from reconciler.operations.services import Services
from reconciler.ports import Notifier, Observer, Permission


@dataclass(frozen=True)
class DriftRequest:
    """`metrics` also checks the success rate of every managed slot against its gate."""

    metrics: bool = False


def drift(
    project: Project, services: Services, request: DriftRequest = DriftRequest()
) -> DriftReport:
    """The differences, with their causes if the ledger knows them; each difference is notified.

    Raises LedgerError, PlanningError and TenantError, and ConfigurationError if metrics are
    requested without a bot.
    """
    with services.connect(project, permission=Permission.READ) as connection:
        at_work = services.ledger.holder()
        lines = services.ledger.lines()
        history = history_of(lines, endpoint=connection.endpoint, observer=services.observer)
        made, live = compared(
            project,
            connection,
            history=history,
            promotion=promotion_of(project, services, lines=lines),
        )
        report = DriftReport.of(
            made,
            causes=drift_causes(made, connection, history=history),
            metrics=health_of(
                project, connection, made, clock=services.clock, observer=services.observer
            )
            if request.metrics
            else None,
            last_changes=last_changes(made, live, tenant=connection.tenant),
            at_work=at_work if at_work is not None else services.ledger.holder(),
        )
    if report.at_work is not None:
        _warn_of_an_apply(report.at_work, observer=services.observer)
    _notify(report.changes, services.notifier(), observer=services.observer)
    return report


def _warn_of_an_apply(at_work: str, *, observer: Observer) -> None:
    who = f" ({at_work})" if at_work else ""
    observer.notice(Warned(message=f"An apply is running{who}: what it changes may show as drift."))


def _notify(drifted: Iterable[Change], notifier: Notifier, *, observer: Observer) -> None:
    for change in drifted:
        notifier.notify(
            "drift_detected",
            slot_id=change.slot_id,
            content=change.after,
            retrain=change.trigger_retrain,
        )
    for failure in notifier.close():
        observer.notice(Warned(message=f"webhook: {failure}"))
