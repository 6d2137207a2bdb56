"""The adapters for a run of the fleet, built from the configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.dispatch.halt_files import HaltFiles
from reconciler.adapters.dispatch.threads import thread_dispatcher
from reconciler.adapters.process import this_process
from reconciler.config.configuration import Configuration, read_configuration
from reconciler.errors import ConfigurationError
from reconciler.model.access import LedgerDatabase
from reconciler.model.fleet import Fleet, Target
from reconciler.model.fleet_run import FleetAction, Task
from reconciler.model.project import Project
from reconciler.operations.clocks import Clocks, thread_clocks
from reconciler.operations.connecting import connect_by
from reconciler.operations.credentials import credentials_by_name
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.queue import FleetQueue, queue_in
from reconciler.operations.fleet.running import FleetServices
from reconciler.operations.fleet.target import TargetWork
from reconciler.operations.ledger_stores import FleetStores
from reconciler.operations.services import Services, notifier_of, run_ids
from reconciler.planning.fleet_pools import pool_chains
from reconciler.ports import (
    NO_CHECKS,
    Checks,
    Clock,
    Credentials,
    Dispatcher,
    FleetObserver,
    Halts,
    LedgerStore,
    Observer,
)


@contextmanager
def fleet_services(
    files: FleetFiles,
    *,
    observer: FleetObserver,
    stop_signals: Sequence[int] = (),
    announce: Callable[[], None] = lambda: None,
) -> Iterator[FleetServices]:
    """The adapters, as the variables say. Inside the block, the first of the `stop_signals` ends
    the run early; `announce` is called once, from a thread, after it.

    Raises ConfigurationError and LedgerError.
    """
    configuration = read_configuration()
    with thread_clocks(stop_signals=stop_signals, announce=announce) as clocks:
        clock = clocks.new()
        queue = _queue(configuration)
        stores = FleetStores(configuration.fleet_ledgers.required(), clock=clock)
        stores.prepare()
        dispatcher = _dispatcher(
            files,
            configuration=configuration,
            clocks=clocks,
            clock=clock,
            stores=stores,
            queue=queue,
            observer=observer,
        )
        yield FleetServices(
            clock=clock,
            observer=observer,
            ledger=stores.fleet(),
            dispatcher=dispatcher,
            halts=_halts(stores.place, queue, clock=clock),
            new_run_id=run_ids(clock=clock),
            assign_ledgers=_assignment(files.fleet, stores, queue),
            actor=configuration.actor,
            commit=configuration.commit,
        )


def _assignment(
    fleet: Fleet, stores: FleetStores, queue: FleetQueue | None
) -> Callable[[FleetAction], None]:
    """Lets the workers of each pool use ledgers. What is applied says which they have; other files,
    perhaps those of a pull request, only let them read more."""

    def assign(action: FleetAction) -> None:
        chains = pool_chains(fleet)
        if action is FleetAction.APPLY:
            stores.assign(chains)
        else:
            stores.add([each.model_copy(update={"may_write": False}) for each in chains])

    return assign if queue is not None else lambda _action: None


def _dispatcher(
    files: FleetFiles,
    *,
    configuration: Configuration,
    clocks: Clocks,
    clock: Clock,
    stores: FleetStores,
    queue: FleetQueue | None,
    observer: FleetObserver,
) -> Callable[[int], AbstractContextManager[Dispatcher]]:
    """Opens a dispatcher of so many targets at once, which waits by the controller's `clock`.
    Raises ConfigurationError now, and not when a run has begun, which that would cut off."""
    if queue is not None:
        return lambda _parallel: queue.dispatcher(files.bundle, clock=clock, observer=observer)
    work = target_work(
        lambda _task: files,
        configuration=configuration,
        clocks=clocks,
        stores=stores,
        rates=Rates(),
    )
    return lambda parallel: thread_dispatcher(
        work, parallel=parallel, clock=clock, stop=clocks.stop
    )


@dataclass(frozen=True)
class FleetRecords:
    """The fleet's own ledger, requests to halt its runs, the drift checks that workers make on a
    schedule, and who asks."""

    ledger: LedgerStore
    halts: Halts
    checks: Checks
    actor: str


def fleet_records(*, clock: Clock) -> FleetRecords:
    """What can be known and asked of a fleet without working on it. Raises ConfigurationError."""
    configuration = read_configuration()
    stores = FleetStores(configuration.fleet_ledgers.required(), clock=clock)
    queue = _queue(configuration)
    return FleetRecords(
        ledger=stores.fleet(),
        halts=_halts(stores.place, queue, clock=clock),
        checks=queue.checks() if queue is not None else NO_CHECKS,
        actor=configuration.actor,
    )


def _queue(configuration: Configuration) -> FleetQueue | None:
    """The queue, if the targets are worked on elsewhere. Raises ConfigurationError."""
    database = configuration.fleet.required()
    return queue_in(database) if database is not None else None


def _halts(place: Path | LedgerDatabase, queue: FleetQueue | None, *, clock: Clock) -> Halts:
    if queue is not None:
        return queue.halts(clock=clock)
    return HaltFiles(place) if isinstance(place, Path) else _NoHalts()


class _NoHalts:
    """`ports.Halts` for a shared ledger without a queue: there is no place for a request."""

    def ask(self, run_id: str, *, by: str) -> None:  # noqa: ARG002 - of a port
        """Raises ConfigurationError."""
        raise ConfigurationError(
            f"The run {run_id} cannot be asked to halt: its ledger is shared, but COGNIGY_FLEET is "
            "not set.",
            hint="Interrupt it where it runs, with Ctrl-C or SIGTERM: it finishes or rolls back "
            "what is in hand.",
        )

    def asked(self, run_id: str) -> str | None:  # noqa: ARG002 - of a port
        """Nobody can."""
        return None


def target_work(
    files_of: Callable[[Task], FleetFiles],
    *,
    configuration: Configuration,
    clocks: Clocks,
    stores: FleetStores,
    rates: Rates,
) -> TargetWork:
    """What works on targets in this process, in any of its threads. `files_of` gives the files that
    a task is about, and `rates` are those of the whole process. Raises ConfigurationError."""
    adapters = _TargetAdapters(
        files_of=files_of,
        configuration=configuration,
        credentials=credentials_by_name(),
        clocks=clocks,
        stores=stores,
        rates=rates,
    )
    return TargetWork(
        project_of=adapters.project_of,
        services_of=adapters.services_of,
        clock=clocks.new(),
        worker=this_process(),
    )


@dataclass(frozen=True)
class _TargetAdapters:
    files_of: Callable[[Task], FleetFiles]
    configuration: Configuration
    credentials: Credentials
    clocks: Clocks
    stores: FleetStores
    rates: Rates

    def project_of(self, task: Task) -> Project:
        """The project in the target's environment."""
        files = self.files_of(task)
        return files.project_of(files.fleet.by_name[task.target])

    def services_of(self, task: Task, project: Project, observer: Observer) -> Services:
        """Those of the target, which nothing was asked of yet. Raises ConfigurationError, Refusal
        and LedgerError."""
        target = self.files_of(task).fleet.by_name[task.target]
        access = self.credentials.access(
            target.credentials, api=project.api, expected=target.expect
        )
        clock = self.clocks.new()
        ledger = self.stores.of(access.endpoint.origin, clock=clock, observer=observer)
        ledger.require_usable()
        return Services(
            clock=clock,
            observer=observer,
            ledger=ledger,
            connect=connect_by(access, clock=clock, observer=observer, rates=self.rates),
            notifier=lambda: notifier_of(self.configuration, clock=clock),
            new_run_id=run_ids(clock=clock),
            actor=self.configuration.actor,
            commit=self.configuration.commit,
            evidence=tuple(self._evidence(target, project, clock=clock)),
        )

    def _evidence(self, target: Target, project: Project, *, clock: Clock) -> Iterator[LedgerStore]:
        """The ledger of the target that this one is promoted from: of no other tenant's."""
        environment = project.environment
        if environment is not None and environment.promote_from is not None:
            origin = project.environments[environment.promote_from].expect.origin
            if origin is not None and origin != target.expect.origin:
                yield self.stores.of(origin, clock=clock)
