"""The adapters that use cases need, built from the configuration."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.webhook import SilentNotifier, Webhook
from reconciler.config.configuration import Configuration, read_configuration
from reconciler.config.parts import Part
from reconciler.config.variables import suffix_of
from reconciler.errors import NoAccessError
from reconciler.model.access import ProjectAccess, TenantAccess
from reconciler.model.project import Project
from reconciler.model.quarantine import NO_QUARANTINE, Quarantine
from reconciler.operations.connecting import Connect, connect_by, connect_when_called
from reconciler.operations.ledger_stores import file_store, shared_store
from reconciler.planning.environments import (
    is_expected,
    require_environment,
    require_expected,
)
from reconciler.ports import (
    SILENT,
    Clock,
    LedgerStore,
    Notifier,
    Observer,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Services:
    """The adapters for a use case.

    `notifier` starts a notifier, which its caller must close. `new_run_id` returns a unique id.
    `actor` and `commit` are recorded in the ledger. `evidence` are other ledgers, which are only
    read, for what slots have proven in other environments. `quarantine` is content that is planned
    nowhere in the fleet that the project is in, and `ledger_hash` that of a line that the ledger
    has unless it has lost some; None if none is known. `require_wanted` raises SupersededError if
    nobody wants an apply any more; it is called once the ledger's lock is held.
    """

    clock: Clock
    observer: Observer
    ledger: LedgerStore
    connect: Connect
    notifier: Callable[[], Notifier]
    new_run_id: Callable[[], str]
    actor: str | None = None
    commit: str | None = None
    evidence: Sequence[LedgerStore] = ()
    quarantine: Quarantine = NO_QUARANTINE
    ledger_hash: str | None = None
    require_wanted: Callable[[], None] = lambda: None


def system_clock(
    *, stop_signals: Sequence[int] = (), announce: Callable[[], None] = lambda: None
) -> Clock:
    """The machine's clock.

    While a command works, it handles `stop_signals`; if there are any, it must run in the main
    thread. `announce` is called from the handler of the first one, so it must be safe at any
    moment.
    """
    return SystemClock(stop_signals=stop_signals, announce=announce)


def ledger_store(*, clock: Clock, environment: str | None) -> LedgerStore:
    """The ledger alone, of every tenant, to be read; that of this environment, if one is named and
    has its own. Raises ConfigurationError."""
    return _ledger_of_all(_disclosed(read_configuration(environment)), clock=clock)


def services_for_reading(
    project: Project, *, clock: Clock, observer: Observer, evidence: Sequence[Path] = ()
) -> Services:
    """Services for a use case that changes and notifies nothing, as the variables say.

    `evidence` are the files of other ledgers.

    Raises LedgerError if the ledger is not usable, ConfigurationError with all missing or invalid
    variables, and Refusal if the variables lead to another tenant than the project's environment
    expects.
    """
    configuration = configuration_for(project)
    return _reading(configuration, project, clock=clock, observer=observer, evidence=evidence)


def services_for_changing(
    project: Project,
    *,
    clock: Clock,
    observer: Observer,
    evidence: Sequence[Path] = (),
    rates: Rates | None = None,
) -> Services:
    """The same, with the webhook and the name of the user. All that share `rates` together keep to
    the tenant's limit. Raises LedgerError, ConfigurationError and Refusal."""
    configuration = configuration_for(project)
    reading = _reading(
        configuration, project, clock=clock, observer=observer, evidence=evidence, rates=rates
    )
    configuration.webhook.required()  # complains before anything is done
    return replace(
        reading,
        notifier=lambda: notifier_of(configuration, clock=clock),
        actor=configuration.actor,
        commit=configuration.commit,
    )


def services_for_comparing(
    project: Project, *, clock: Clock, observer: Observer, evidence: Sequence[Path] = ()
) -> Services:
    """Services for reading in one of several environments.

    Whatever is missing or wrong among the variables of its tenant is raised by connecting; it is
    NoAccessError if they are not for this environment: none is set for it alone, and together they
    do not lead where it says they should. Raises LedgerError and ConfigurationError.
    """
    configuration = configuration_for(project)
    ledger = _ledger_of_all(configuration, clock=clock)
    ledger.require_usable()

    def access(project: Project) -> TenantAccess | ProjectAccess:
        return _own_access_of(configuration, project)

    return Services(
        clock=clock,
        observer=observer,
        ledger=ledger,
        connect=connect_when_called(access, clock=clock, observer=observer),
        notifier=SilentNotifier,
        new_run_id=run_ids(clock=clock),
        evidence=[file_store(each, clock=clock) for each in evidence],
    )


def tenant_connection(*, clock: Clock, observer: Observer) -> Connect:
    """The tenant alone, for a use case that needs no ledger; connecting raises ConfigurationError
    and Refusal."""

    def access(project: Project) -> TenantAccess | ProjectAccess:
        return access_of(configuration_for(project), project)

    return connect_when_called(access, clock=clock, observer=observer)


def own_tenant_connection(*, clock: Clock, observer: Observer) -> Connect:
    """The tenants of several environments, for a use case that needs no ledger; connecting raises
    ConfigurationError and Refusal, and NoAccessError as above."""

    def access(project: Project) -> TenantAccess | ProjectAccess:
        return _own_access_of(configuration_for(project), project)

    return connect_when_called(access, clock=clock, observer=observer)


def notifier_of(configuration: Configuration, *, clock: Clock) -> Notifier:
    """What notifies the webhook that the variables name, if they name one. Raises
    ConfigurationError."""
    webhook = configuration.webhook.required()
    return Webhook(webhook, clock=clock) if webhook is not None else SilentNotifier()


def run_ids(*, clock: Clock) -> Callable[[], str]:
    """Run ids that sort by time, unique even among the hundreds that a fleet begins in a second: a
    shared ledger keeps those of all tenants."""
    return lambda: f"{clock.now():%Y%m%dT%H%M%SZ}-{secrets.token_hex(6)}"


def _reading(
    configuration: Configuration,
    project: Project,
    *,
    clock: Clock,
    observer: Observer,
    evidence: Sequence[Path],
    rates: Rates | None = None,
) -> Services:
    ledger = _usable_ledger(configuration, project, clock=clock, observer=observer)
    access = access_of(configuration, project)
    return Services(
        clock=clock,
        observer=observer,
        ledger=ledger,
        connect=connect_by(access, clock=clock, observer=observer, rates=rates),
        notifier=SilentNotifier,
        new_run_id=run_ids(clock=clock),
        evidence=_evidence(configuration, evidence, clock=clock),
    )


def _ledger_of_all(configuration: Configuration, *, clock: Clock) -> LedgerStore:
    place = configuration.ledger.required()
    if isinstance(place, Path):
        return file_store(place, clock=clock)
    return shared_store(place, origin=None, clock=clock, observer=SILENT)


def _usable_ledger(
    configuration: Configuration, project: Project, *, clock: Clock, observer: Observer
) -> LedgerStore:
    place = configuration.ledger.required()
    if isinstance(place, Path):
        store = file_store(place, clock=clock)
    else:
        origin = access_of(configuration, project).endpoint.origin
        store = shared_store(place, origin=origin, clock=clock, observer=observer)
    store.require_usable()
    return store


def _evidence(
    configuration: Configuration, files: Sequence[Path], *, clock: Clock
) -> Sequence[LedgerStore]:
    """The ledgers in these files and, if the own one is shared, those of all tenants in it."""
    place = configuration.ledger.required()
    stores = [file_store(each, clock=clock) for each in files]
    if isinstance(place, Path):
        return stores
    return [*stores, shared_store(place, origin=None, clock=clock, observer=SILENT)]


def configuration_for(project: Project) -> Configuration:
    """The configuration of the project's environment. Raises ConfigurationError, also if the
    project has environments and this is none of them."""
    require_environment(project)
    name = project.environment.name if project.environment else None
    return _disclosed(read_configuration(name))


def _disclosed(configuration: Configuration) -> Configuration:
    """The configuration, after saying where it came from to those who ask for more."""
    for line in configuration.sources.lines():
        logger.info("%s", line)
    return configuration


def access_of(configuration: Configuration, project: Project) -> TenantAccess | ProjectAccess:
    """Access to the tenant that holds the project. Raises ConfigurationError, and Refusal if it is
    not the one that the project's environment expects."""
    has_projects = project.api.name == COGNIGY_V2.name
    part: Part[TenantAccess] | Part[ProjectAccess]
    part = configuration.project if has_projects else configuration.tenant
    access = part.required()
    if project.environment is not None:
        require_expected(access.endpoint, environment=project.environment)
    return access


def _own_access_of(configuration: Configuration, project: Project) -> TenantAccess | ProjectAccess:
    """The same, if the variables are for this environment. Raises NoAccessError too."""
    environment = project.environment
    if (
        environment is not None
        and not configuration.has_own_access
        and not is_expected(configuration.endpoint, environment=environment)
    ):
        has_projects = project.api.name == COGNIGY_V2.name
        secret = "COGNIGY_API_KEY" if has_projects else "COGNIGY_CLIENT_SECRET"
        raise NoAccessError(
            f"There is no access to {environment.name}, because none of its variables are set.",
            hint=f"Set them in .env.{environment.name}, or with its name at the end, such as "
            f"{secret}{suffix_of(environment.name)}.",
        )
    return access_of(configuration, project)
