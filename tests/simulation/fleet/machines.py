"""What each process has: its clock, the files, and the adapters of a target."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.ledger.postgres import PostgresLedgerStore
from reconciler.adapters.webhook import SilentNotifier
from reconciler.model.access import LedgerDatabase
from reconciler.model.bundle import Bundle
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event, Warned
from reconciler.model.fleet import Fleet
from reconciler.model.fleet_run import Task
from reconciler.model.gate import GatePolicy
from reconciler.model.project import Project
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits, Settings
from reconciler.model.state import DesiredState
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.services import Services
from reconciler.planning.rollout.stages import Stage, arranged, source_of
from reconciler.ports import Clock, Observer
from tests.simulation.fleet.clock import ProcessClock
from tests.simulation.fleet.scenario import PER_MINUTE
from tests.simulation.fleet.scheduler import Process, Scheduler
from tests.simulation.fleet.tenants import Tenants
from tests.support.deployments import nowhere
from tests.support.world import FRUIT, desired_slot

SETTINGS = Settings(
    gate=GatePolicy(timeout_seconds=60, settle_seconds=5, bake_hours=0),
    limits=Limits(requests_per_minute=PER_MINUTE),
)
DATABASE = LedgerDatabase(
    url=Secret("postgresql://simulated"), location="postgresql://simulated", variable="SIMULATED"
)


class Machines:
    """All machines of a seed. `stages` are the steps of each bundle, by its digest, and `said` is
    all that anybody was told."""

    def __init__(
        self,
        fleet: Fleet,
        *,
        dice: random.Random,
        scheduler: Scheduler,
        tenants: Tenants,
        stages: dict[str, Sequence[Stage]],
    ) -> None:
        self._fleet = fleet
        self._dice = dice
        self.scheduler = scheduler
        self.tenants = tenants
        self.stages = stages
        self.said: list[str] = []
        self.files: dict[str, FleetFiles] = {}
        self._runs: Counter[str] = Counter()
        self._wrong: dict[str, float] = {}

    def files_of(self, patterns: tuple[str, ...]) -> FleetFiles:
        """The files that say this of the slot, in every target."""
        fleet = self._fleet
        project = Project(DesiredState([desired_slot(FRUIT, *patterns)]), SETTINGS, api=COGNIGY_V1)
        files = FleetFiles(
            path=Path("fleet.yaml"),
            fleet=fleet,
            projects={"slots": project},
            locators=dict.fromkeys(fleet.by_name, nowhere),
            bundle=Bundle(
                fleet_file="fleet.yaml", files={"fleet.yaml": "", "slots/slots.yaml": str(patterns)}
            ),
        )
        digest = files.bundle.digest
        self.files[digest] = files
        self.stages[digest] = arranged(fleet.rollout, fleet.targets, salt=digest)
        return files

    def clock(self, process: Process, *, most_wrong: float) -> ProcessClock:
        """The clock of a process, which is this wrong at most, as long as its machine lives."""
        wrong = self._wrong.setdefault(process.name, self._dice.uniform(-most_wrong, most_wrong))
        return ProcessClock(process, self.scheduler, skew=wrong)

    def project_of(self, task: Task) -> Project:
        """The project of a task's target."""
        files = self.files[task.bundle]
        return files.project_of(files.fleet.by_name[task.target])

    def services_of(
        self, task: Task, process: Process, *, clock: Clock, observer: Observer
    ) -> Services:
        """A process's adapters for a task."""
        endpoint = self.tenants.endpoints[task.target]
        return Services(
            clock=clock,
            observer=observer,
            ledger=self.ledger(self.chain_of(endpoint), clock),
            connect=lambda project, **options: self.tenants.connected(
                task.target, process, clock=clock, observer=observer, project=project, **options
            ),
            notifier=SilentNotifier,
            new_run_id=lambda: self.new_run_id(task.target.replace("/", "-")),
            actor="simulation",
            evidence=tuple(self._evidence(task, clock=clock)),
        )

    def _evidence(self, task: Task, *, clock: Clock) -> Iterator[PostgresLedgerStore]:
        """The ledger of the target that this one is promoted from."""
        source = source_of(self._fleet.by_name[task.target])
        if source is not None:
            origin = self.tenants.endpoints[source].origin
            if origin != self.tenants.endpoints[task.target].origin:
                yield self.ledger(origin, clock)

    @staticmethod
    def chain_of(endpoint: Endpoint) -> str:
        """The chain of an endpoint, whose lease is its lock."""
        return endpoint.origin

    def ledger(self, chain: str, clock: Clock) -> PostgresLedgerStore:
        """The ledger with this chain."""
        return PostgresLedgerStore(DATABASE, clock, self, origin=chain)

    def new_run_id(self, about: str) -> str:
        """A unique one."""
        self._runs[about] += 1
        return f"{about}-{self._runs[about]}"

    def notice(self, event: Event) -> None:
        """Hear what a ledger says."""
        if isinstance(event, Warned):
            self.said.append(event.message)
