"""How every slot stands in every environment, and the last run there; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.errors import Interrupted, NoAccessError, ReconcilerError
from reconciler.formats.failure import failure_of
from reconciler.model.audit import RecordedRun
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Warned
from reconciler.model.explanation import NamedSlot
from reconciler.model.failure import Failure
from reconciler.model.ledger import Entry
from reconciler.model.plan import Plan
from reconciler.model.project import Project
from reconciler.model.state import DesiredState
from reconciler.model.status import ONLY, EnvironmentStatus, SlotStatus, StatusReport
from reconciler.operations.health import health_of
from reconciler.operations.history import history_of
from reconciler.operations.live_plan import compared, drift_causes
from reconciler.operations.promotion import promotion_of
from reconciler.operations.services import Services
from reconciler.planning.damage import unreadable_lines
from reconciler.planning.environments import in_environment
from reconciler.planning.evidence import merged
from reconciler.planning.named import Named
from reconciler.planning.status import (
    below_their_gates,
    in_order_of_promotion,
    last_run,
    slot_statuses,
)
from reconciler.ports import SILENT, Connection, Permission
from reconciler.reports.words import nothing_measured


@dataclass(frozen=True)
class StatusRequest:
    """`metrics` also checks the success rate of the slots that are as desired against their gates.
    `slots` are the ids or names of those to show; without any, all are shown."""

    metrics: bool = False
    slots: tuple[str, ...] = ()


ServicesIn = Callable[[Project], Services]
"""The services for reading a project as it is in one of its environments, which raise NoAccessError
when they connect without access. Raises ReconcilerError."""


def status(
    project: Project, services_in: ServicesIn, request: StatusRequest = StatusRequest()
) -> StatusReport:
    """How the slots that files declare stand in each environment that the project declares.

    One that cannot be read does not keep the others from being shown. Without environments, there
    is only the project itself, and what prevents reading it is raised: LedgerError, PlanningError,
    TenantError, ConfigurationError and Refusal. Raises ReconcilerError for an unknown slot.

    Costs as many requests for each environment as a drift check.
    """
    slots = tuple(_chosen(project.desired, request.slots))
    look = _Look(services_in, slot_ids=[each.slot_id for each in slots], metrics=request.metrics)
    names = in_order_of_promotion(project.environments)
    environments = [look.at_one_of(in_environment(project, name), name=name) for name in names]
    return StatusReport(environments=tuple(environments) or (look.at_only(project),), slots=slots)


def _chosen(desired: DesiredState, given: Sequence[str]) -> Iterator[NamedSlot]:
    named = Named.in_files(desired)
    chosen = {named.slot_id(each): each for each in given}
    for slot_id, each in chosen.items():
        if slot_id not in desired:
            raise ReconcilerError(
                f"{each!r} does not name one slot of the files.",
                hint=named.advice(each) or "`reconciler graph` shows all slots.",
            )
    for slot_id in sorted(chosen or desired):
        content = desired[slot_id].content
        yield NamedSlot(slot_id=slot_id, name=content.name if content else None)


@dataclass(frozen=True)
class _Found:
    endpoint: Endpoint
    statuses: Mapping[str, SlotStatus]
    failure: Failure | None = None


class _Look:
    """Looks at one environment after the other, each with its own connection and rate limit."""

    def __init__(
        self, services_in: ServicesIn, *, slot_ids: Collection[str], metrics: bool
    ) -> None:
        self._services_in = services_in
        self._slot_ids = slot_ids
        self._metrics = metrics
        self._damaged: set[str] = set()

    def at_only(self, project: Project) -> EnvironmentStatus:
        """At a project without environments. Raises ReconcilerError."""
        services = self._services_in(project)
        lines = self._lines(services)
        found = self._found(project, services, lines)
        return EnvironmentStatus(
            name=ONLY,
            statuses=found.statuses,
            failure=found.failure,
            last_run=_last_run(services, lines, environment=None, endpoint=found.endpoint),
        )

    def at_one_of(self, project: Project, *, name: str) -> EnvironmentStatus:
        """At a project in its environment of this name. What prevents that is part of the
        result."""
        seen = EnvironmentStatus(name=name)
        try:
            services = self._services_in(project)
            lines = self._lines(services)
            run = _last_run(services, lines, environment=name, endpoint=None)
            seen = seen.model_copy(update={"last_run": run})
            found = self._found(project, services, lines)
        except Interrupted:
            raise
        except NoAccessError as error:
            return seen.model_copy(update={"has_access": False, "failure": failure_of(error)})
        except ReconcilerError as error:
            return seen.model_copy(update={"failure": failure_of(error)})
        update = {"statuses": found.statuses, "failure": found.failure}
        return seen.model_copy(update=update)

    def _lines(self, services: Services) -> Sequence[Entry | None]:
        """The lines of its ledger, which several environments may share."""
        lines = services.ledger.lines()
        damage = unreadable_lines(lines)
        if damage is not None and services.ledger.location not in self._damaged:
            self._damaged.add(services.ledger.location)
            services.observer.notice(Warned(message=damage))
        return lines

    def _found(self, project: Project, services: Services, lines: Sequence[Entry | None]) -> _Found:
        with services.connect(project, permission=Permission.READ) as connection:
            history = history_of(lines, endpoint=connection.endpoint, observer=SILENT)
            made, _live = compared(
                project,
                connection,
                history=history,
                promotion=promotion_of(project, services, lines=lines),
            )
            causes = drift_causes(made, connection, history=history)
            statuses = slot_statuses(made, self._slot_ids, history=history, causes=causes)
            found = _Found(endpoint=connection.endpoint, statuses=statuses)
            return _measured(project, services, connection, made, found) if self._metrics else found


def _measured(
    project: Project, services: Services, connection: Connection, made: Plan, found: _Found
) -> _Found:
    """What was found, after measuring the slots that are as desired, or why that failed."""
    slots = [
        project.desired[slot_id]
        for slot_id, status in found.statuses.items()
        if status is SlotStatus.AS_DESIRED
    ]
    try:
        health = health_of(
            replace(project, desired=DesiredState(slots)),
            connection.endpoint,
            made,
            tenant=connection.tenant,
            clock=services.clock,
            observer=services.observer,
        )
    except Interrupted:
        raise
    except ReconcilerError as error:
        return replace(found, failure=failure_of(error))
    is_blind = bool(health) and not any(each.measured for each in health.values())
    return replace(
        found,
        statuses=below_their_gates(found.statuses, health),
        failure=Failure(message=nothing_measured(connection.endpoint.kind)) if is_blind else None,
    )


def _last_run(
    services: Services,
    lines: Sequence[Entry | None],
    *,
    environment: str | None,
    endpoint: Endpoint | None,
) -> RecordedRun | None:
    others = [store.lines() for store in services.evidence]
    return last_run(
        merged([lines, *others]),
        environment=environment,
        endpoint=endpoint,
        at_work=services.ledger.holder(),
    )
