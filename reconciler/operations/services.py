"""The adapters that use cases need, built from the configuration."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from reconciler import __version__
from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy.v1 import doctor as doctor_v1
from reconciler.adapters.cognigy.v1 import tenant as cognigy_v1
from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2 import doctor as doctor_v2
from reconciler.adapters.cognigy.v2 import tenant as cognigy_v2
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.adapters.webhook import SilentNotifier, Webhook
from reconciler.config.configuration import Configuration, read_configuration
from reconciler.config.parts import Unusable
from reconciler.errors import ConfigurationError
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.api import Api
from reconciler.model.project import Project
from reconciler.ports import (
    Clock,
    Connection,
    Examiner,
    LedgerStore,
    Notifier,
    Observer,
    Permission,
    Tenant,
)

_USER_AGENT = f"slot-reconciler/{__version__}"


class Connect(Protocol):
    """Gives access to the tenant; nothing is sent yet."""

    def __call__(
        self, project: Project, *, permission: Permission
    ) -> AbstractContextManager[Connection]:
        """A connection that requests only this `permission` and respects the project's limits."""
        ...


@dataclass(frozen=True)
class Services:
    """The adapters for a use case.

    `notifier` starts a notifier, which its caller must close. `new_run_id` returns a unique id.
    `actor` and `commit` are recorded in the ledger.
    """

    clock: Clock
    observer: Observer
    ledger: LedgerStore
    connect: Connect
    notifier: Callable[[], Notifier]
    new_run_id: Callable[[], str]
    actor: str | None = None
    commit: str | None = None


@dataclass(frozen=True)
class ExaminationServices:
    """The adapters for an examination.

    `connect` gives access to an examiner of the tenant that holds a project, and raises
    ConfigurationError. `faults` are those of the other variables. `default_api` is the name of the
    API that the variables are for.
    """

    connect: Callable[[Project], AbstractContextManager[Examiner]]
    faults: Sequence[ConfigurationError]
    default_api: str


def system_clock(
    *, stop_signals: Sequence[int] = (), announce: Callable[[], None] = lambda: None
) -> Clock:
    """The machine's clock.

    While a command works, it handles `stop_signals`; if there are any, it must run in the main
    thread. `announce` is called from the handler of the first one, so it must be safe at any
    moment.
    """
    return SystemClock(stop_signals=stop_signals, announce=announce)


def ledger_store(*, clock: Clock) -> LedgerStore:
    """The ledger alone. Raises ConfigurationError."""
    return FileLedgerStore(read_configuration().ledger.required(), clock=clock)


def services_for_reading(api: Api, *, clock: Clock, observer: Observer) -> Services:
    """Services for a use case that changes and notifies nothing, from the environment.

    Raises LedgerError if the ledger is not usable, and ConfigurationError with all missing or
    invalid variables.
    """
    configuration = read_configuration()
    ledger = _usable_ledger(configuration, clock=clock)
    _access(configuration, api)
    return Services(
        clock=clock,
        observer=observer,
        ledger=ledger,
        connect=_connect_by(configuration, clock=clock, observer=observer),
        notifier=SilentNotifier,
        new_run_id=run_ids(clock=clock),
    )


def services_for_changing(api: Api, *, clock: Clock, observer: Observer) -> Services:
    """The same, with the webhook and the name of the user. Raises LedgerError and
    ConfigurationError."""
    configuration = read_configuration()
    ledger = _usable_ledger(configuration, clock=clock)
    _access(configuration, api)
    webhook = configuration.webhook.required()

    def notifier() -> Notifier:
        return Webhook(webhook, clock=clock) if webhook is not None else SilentNotifier()

    return Services(
        clock=clock,
        observer=observer,
        ledger=ledger,
        connect=_connect_by(configuration, clock=clock, observer=observer),
        notifier=notifier,
        new_run_id=run_ids(clock=clock),
        actor=configuration.actor,
        commit=configuration.commit,
    )


def services_for_examining(*, clock: Clock, observer: Observer) -> ExaminationServices:
    """Services for an examination, from the environment. What is missing or invalid there raises
    nothing yet."""
    try:
        configuration = read_configuration()
    except ConfigurationError:  # `connect` raises it again
        faults, names_project = [], False
    else:
        parts = (configuration.webhook, configuration.ledger)
        faults = [part.reason for part in parts if isinstance(part, Unusable)]
        names_project = configuration.names_project

    def connect(project: Project) -> AbstractContextManager[Examiner]:
        access = _access(read_configuration(), project.api)
        if isinstance(access, ProjectAccess):
            return doctor_v2.connect(
                access, project=project, clock=clock, observer=observer, user_agent=_USER_AGENT
            )
        return doctor_v1.connect(
            access, project=project, clock=clock, observer=observer, user_agent=_USER_AGENT
        )

    return ExaminationServices(
        connect=connect,
        faults=faults,
        default_api=(COGNIGY_V2 if names_project else COGNIGY_V1).name,
    )


def tenant_connection(*, clock: Clock, observer: Observer) -> Connect:
    """The tenant alone, for a use case that needs no ledger; connecting raises
    ConfigurationError."""
    return _connect_by(read_configuration(), clock=clock, observer=observer)


def run_ids(*, clock: Clock) -> Callable[[], str]:
    """Run ids that sort by time."""
    return lambda: f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def _usable_ledger(configuration: Configuration, *, clock: Clock) -> FileLedgerStore:
    store = FileLedgerStore(configuration.ledger.required(), clock=clock)
    store.require_usable()
    return store


def _access(configuration: Configuration, api: Api) -> TenantAccess | ProjectAccess:
    """Access to the tenant that speaks this API. Raises ConfigurationError."""
    if api.name == COGNIGY_V2.name:
        return configuration.project.required()
    return configuration.tenant.required()


def _connect_by(configuration: Configuration, *, clock: Clock, observer: Observer) -> Connect:
    @contextmanager
    def connect(project: Project, *, permission: Permission) -> Iterator[Connection]:
        access = _access(configuration, project.api)
        with _tenant(
            access, project, permission=permission, clock=clock, observer=observer
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=access.endpoint)

    return connect


def _tenant(
    access: TenantAccess | ProjectAccess,
    project: Project,
    *,
    permission: Permission,
    clock: Clock,
    observer: Observer,
) -> AbstractContextManager[Tenant]:
    if isinstance(access, ProjectAccess):
        return cognigy_v2.connect(
            access,
            project=project,
            permission=permission,
            limits=project.settings.limits,
            clock=clock,
            observer=observer,
            user_agent=_USER_AGENT,
        )
    return cognigy_v1.connect(
        access,
        permission=permission,
        limits=project.settings.limits,
        clock=clock,
        observer=observer,
        user_agent=_USER_AGENT,
    )
