"""Connections to the tenant of a project, whatever its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from reconciler import __version__
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.v1 import tenant as cognigy_v1
from reconciler.adapters.cognigy.v1.keyed import KeyedTenant
from reconciler.adapters.cognigy.v2 import tenant as cognigy_v2
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.project import Project
from reconciler.ports import UNSHARED, Clock, Connection, Lease, Observer, Permission, Tenant

USER_AGENT = f"slot-reconciler/{__version__}"


class Connect(Protocol):
    """Gives access to the tenant; nothing is sent yet."""

    def __call__(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> AbstractContextManager[Connection]:
        """A connection that requests only this `permission`, respects the project's limits, and
        sends only while the lease lives."""
        ...


def connect_when_called(
    access: Callable[[Project], TenantAccess | ProjectAccess],
    *,
    clock: Clock,
    observer: Observer,
    rates: Rates | None = None,
) -> Connect:
    """A connection whose access is asked for only when it is called; see `connect_by`."""

    def connect(
        project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> AbstractContextManager[Connection]:
        connected = connect_by(access(project), clock=clock, observer=observer, rates=rates)
        return connected(project, permission=permission, lease=lease)

    return connect


def connect_by(
    access: TenantAccess | ProjectAccess,
    *,
    clock: Clock,
    observer: Observer,
    rates: Rates | None = None,
) -> Connect:
    """A connection with this access. All that share `rates`, in any thread, together keep to the
    limit of each origin, and to its pauses; without, it is alone."""

    @contextmanager
    def connect(
        project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        with _tenant(
            access,
            project,
            permission=permission,
            lease=lease,
            clock=clock,
            observer=observer,
            rates=rates,
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=access.endpoint)

    return connect


def _tenant(
    access: TenantAccess | ProjectAccess,
    project: Project,
    *,
    permission: Permission,
    lease: Lease,
    clock: Clock,
    observer: Observer,
    rates: Rates | None,
) -> AbstractContextManager[Tenant]:
    if isinstance(access, ProjectAccess):
        return cognigy_v2.connect(
            access,
            project=project,
            permission=permission,
            limits=project.settings.limits,
            clock=clock,
            observer=observer,
            user_agent=USER_AGENT,
            lease=lease,
            rates=rates,
        )
    return _tenant_of_v1(
        access,
        project,
        permission=permission,
        lease=lease,
        clock=clock,
        observer=observer,
        rates=rates,
    )


@contextmanager
def _tenant_of_v1(
    access: TenantAccess,
    project: Project,
    *,
    permission: Permission,
    lease: Lease,
    clock: Clock,
    observer: Observer,
    rates: Rates | None,
) -> Iterator[Tenant]:
    with cognigy_v1.connect(
        access,
        permission=permission,
        limits=project.settings.limits,
        clock=clock,
        observer=observer,
        user_agent=USER_AGENT,
        lease=lease,
        rates=rates,
    ) as tenant:
        environment = project.environment
        yield KeyedTenant(tenant, environment) if environment and environment.ids else tenant
