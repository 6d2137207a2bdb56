"""`python -m tests.support.hasty_fleet worker POOL SECONDS [CONCURRENCY]` and `… apply SECONDS`: a
worker and a controller of a fleet whose locks end soon after they were last renewed.

They are the real ones but for these times. The variables are as for `reconciler fleet`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.cognigy.rates import Rates
from reconciler.adapters.dispatch.procrastinate import Pace
from reconciler.adapters.ledger.postgres import PostgresLedgerStore, Terms
from reconciler.adapters.stopping import stop_on
from reconciler.cli.interruption import acknowledging
from reconciler.cli.progress.fleet import fleet_progress
from reconciler.cli.signals import STOP_SIGNALS
from reconciler.config.configuration import read_configuration
from reconciler.errors import ReconcilerError
from reconciler.formats.fleet import fleet_json
from reconciler.model.fleet_run import Task
from reconciler.model.project import Project
from reconciler.operations.clocks import Clocks
from reconciler.operations.fleet.apply import fleet_apply
from reconciler.operations.fleet.files import read_fleet
from reconciler.operations.fleet.queue import required_queue
from reconciler.operations.fleet.services import fleet_services, target_work
from reconciler.operations.fleet.target import TargetWork
from reconciler.operations.fleet.worker import Bundles, WorkerRequest, queue_worker
from reconciler.operations.fleet.worker_counts import WorkerCounter
from reconciler.operations.ledger_stores import FleetStores
from reconciler.operations.services import Services
from reconciler.ports import (
    SILENT,
    UNSHARED,
    Clock,
    Connection,
    Lease,
    LedgerStore,
    Observer,
    Permission,
)
from tests.support.hasty import Hasty


def terms_of(seconds: float) -> Terms:
    return Terms(
        seconds=seconds,
        renewed_every=seconds / 10,
        request_seconds=0.1,
        margin_seconds=0.1,
        answer_seconds=max(seconds / 2, 1.0),
    )


@dataclass(frozen=True)
class HastyStores(FleetStores):
    """Ledgers whose locks live for `seconds`."""

    seconds: float = 75.0

    def of(self, origin: str, *, clock: Clock, observer: Observer = SILENT) -> LedgerStore:
        store = super().of(origin, clock=clock, observer=observer)
        assert isinstance(store, PostgresLedgerStore)
        return replace(store, terms=terms_of(self.seconds))


def worker(pool: str, seconds: str, concurrency: str = "2") -> int:
    queue, configuration = required_queue(), read_configuration()
    place = configuration.fleet_ledgers.required()
    stores = HastyStores(place, clock=SystemClock(), seconds=float(seconds))
    bundles, rates = Bundles(queue), Rates()

    def work_of(clocks: Clocks) -> TargetWork:
        work = target_work(
            bundles.files_of,
            configuration=configuration,
            clocks=clocks,
            stores=stores,
            rates=rates,
        )

        def services_of(task: Task, project: Project, observer: Observer) -> Services:
            services = work.services_of(task, project, observer)

            @contextmanager
            def connect(
                project: Project, *, permission: Permission, lease: Lease = UNSHARED
            ) -> Iterator[Connection]:
                with services.connect(
                    project, permission=permission, lease=Hasty(lease)
                ) as connection:
                    yield connection

            return replace(services, connect=connect)

        return replace(work, services_of=services_of)

    with stop_on(STOP_SIGNALS, announce=acknowledging(None)) as stop:
        queue_worker(
            WorkerRequest(pool=pool, concurrency=int(concurrency)),
            queue,
            work_of=work_of,
            files_of=bundles.files,
            stores=stores,
            stop=stop,
            observer=WorkerCounter(pool=pool, concurrency=int(concurrency)),
            warn=lambda message: print(message, file=sys.stderr, flush=True),  # noqa: T201
            pace=Pace(
                heartbeat=0.2,
                stalled=float(seconds) / 2,
                held=60.0,
                held_pause=0.2,
                poll=0.1,
                idle=1.0,
                most_lost=20,
            ),
        ).run()
    return 0


def apply(seconds: str) -> int:
    files, progress = read_fleet(Path("fleet.yaml")), fleet_progress()
    with fleet_services(
        files, observer=progress, stop_signals=STOP_SIGNALS, announce=acknowledging(progress)
    ) as services:
        store = services.ledger
        assert isinstance(store, PostgresLedgerStore)
        hasty = replace(services, ledger=replace(store, terms=terms_of(float(seconds))))
        report = fleet_apply(files, hasty)
    sys.stdout.write(fleet_json(report))
    return report.exit_code


def main(role: str, *arguments: str) -> int:
    try:
        return worker(*arguments) if role == "worker" else apply(*arguments)
    except ReconcilerError as error:
        sys.stderr.write(f"{error.message}\n")
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
