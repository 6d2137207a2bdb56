"""What an unattended apply of a commit would do, and whether it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.settings import Watch
from reconciler.model.state import DesiredState
from reconciler.model.watch import Kept
from reconciler.operations.history import history_of
from reconciler.operations.live_plan import planned, slots_asked_anew
from reconciler.operations.promotion import promotion_of
from reconciler.operations.services import Services
from reconciler.planning.held import reason_held
from reconciler.planning.left_open import recoverable
from reconciler.ports import Permission


@dataclass(frozen=True)
class Outlook:
    """A plan, the slots that the files ask for anew, whether an earlier run left changes open, and
    why the commit is held, "" if it is not."""

    plan: Plan
    anew: frozenset[str]
    is_left_open: bool
    held: str

    @property
    def is_in_sync(self) -> bool:
        """Whether everything is live as the files say."""
        plan = self.plan
        return not (plan.changes or plan.rejected or plan.waiting or self.is_left_open)

    @property
    def is_due(self) -> bool:
        """Whether an apply would change anything."""
        return bool(self.plan.due) or self.is_left_open

    def kept(self, settings: Watch) -> Kept | None:
        """Why what is due is not applied; None if it is, or if nothing is due.

        What was left open is ended even if the commit is held: until then, nobody has judged what
        is live.
        """
        if not self.is_due:
            return None
        if not settings.apply:
            return Kept.APPLY_IS_OFF
        if self.is_left_open:
            return None
        if self.held:
            return Kept.HELD
        return None if self.anew else Kept.ONLY_DRIFT


def outlook_of(
    project: Project,
    services: Services,
    *,
    commit: str,
    in_sync: Callable[[Endpoint], DesiredState | None],
) -> Outlook:
    """Plan, and look into the ledger. The plan's warnings go to the observer.

    `in_sync` returns what the files said when everything at an endpoint was live like that, None if
    that is not known; it is called if something is due.

    Costs the requests for the listing's pages. Raises LedgerError, PlanningError, Refusal and
    TenantError.
    """
    with services.connect(project, permission=Permission.READ) as connection:
        lines = services.ledger.lines()
        history = history_of(lines, endpoint=connection.endpoint, observer=services.observer)
        plan = planned(
            project,
            connection,
            selection=Selection(),
            history=history,
            promotion=promotion_of(project, services, lines=lines),
        )
        anew = slots_asked_anew(
            plan,
            project,
            connection,
            history=history,
            in_sync=in_sync(plan.endpoint) if plan.due else None,
        )
    for warning in plan.warnings:
        services.observer.notice(Warned(message=warning))
    return Outlook(
        plan=plan,
        anew=anew,
        is_left_open=bool(recoverable(history, project.claims).open_changes),
        held=reason_held(lines, endpoint=plan.endpoint, commit=commit),
    )
