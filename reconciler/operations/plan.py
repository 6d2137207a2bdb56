"""Plan the changes from live to desired; writes nothing to the tenant."""

from __future__ import annotations

from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.operations.forecast import with_forecast
from reconciler.operations.history import history_of, warn_of_a_loss
from reconciler.operations.live_plan import planned
from reconciler.operations.promotion import promotion_of
from reconciler.operations.services import Services
from reconciler.ports import Permission


def plan(project: Project, services: Services, *, selection: Selection = Selection()) -> Plan:
    """The ordered changes, with warnings about problems of an apply.

    Costs the requests for the listing's pages, and at most five more. Raises LedgerError,
    PlanningError, Refusal and TenantError.
    """
    with services.connect(project, permission=Permission.READ) as connection:
        lines = services.ledger.lines()
        warn_of_a_loss(lines, services)
        history = history_of(lines, endpoint=connection.endpoint, observer=services.observer)
        made = planned(
            project,
            connection,
            selection=selection,
            history=history,
            promotion=promotion_of(project, services, lines=lines),
            quarantine=services.quarantine,
        )
        return with_forecast(made, project, connection)
