"""A fleet whose targets are small bots of their own, on one clock and in this process.

The controller, the policy, the applies, the ledgers' files and the sandboxes are real. Targets are
worked on one after the other, because the clock is virtual.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.dispatch.halt_files import HaltFiles
from reconciler.adapters.ledger.file import FileLedgerStore
from reconciler.model.bundle import Bundle
from reconciler.model.content import PatternContent
from reconciler.model.endpoint import Endpoint
from reconciler.model.environment import Expectation
from reconciler.model.fleet import Fleet, FleetRollout
from reconciler.model.fleet_history import FleetHistory
from reconciler.model.fleet_run import FleetReport, TargetResult, TargetStatus, Task
from reconciler.model.project import Project
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.operations.fleet.apply import FleetApplyRequest, fleet_apply
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.plan import fleet_plan
from reconciler.operations.fleet.running import FleetServices
from reconciler.operations.fleet.target import TargetWork
from reconciler.operations.services import Services
from reconciler.planning.fleet_history import fleet_history
from reconciler.ports import Dispatcher, Observer, Permission
from tests.support.clock import VirtualClock
from tests.support.deployments import nowhere
from tests.support.fleet import FleetRecorder, target
from tests.support.world import FRUIT, World, document


class OneByOne:
    """`ports.Dispatcher`: each task is worked on when its result is asked for."""

    def __init__(self, work: Callable[[Task], TargetResult]) -> None:
        self._work = work
        self._queue: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        self._queue.append(task)

    def ended(self, *, within: float) -> Sequence[TargetResult]:
        return [self._work(self._queue.popleft())] if self._queue else []

    def withdraw(self) -> Sequence[str]:
        names = [each.target for each in self._queue]
        self._queue.clear()
        return names

    def stop(self) -> None:
        """What is worked on has ended before anybody can ask."""


class FleetWorld:
    """The targets with these names, such as `acme/production`, and runs of the fleet over them."""

    def __init__(
        self,
        folder: Path,
        *names: str,
        rollout: FleetRollout | None = None,
        targets: Mapping[str, Mapping[str, Any]] | None = None,
        **details: Any,
    ) -> None:
        self.folder = folder
        self.clock = VirtualClock()
        self.observer = FleetRecorder()
        self.worlds = {
            name: self._world(name, {"live": [document(FRUIT)], **details}) for name in names
        }
        self.fleet = Fleet(
            targets=tuple(
                target(name, expect=self._expectation(name), **(targets or {}).get(name, {}))
                for name in names
            ),
            rollout=rollout or FleetRollout(),
        )
        self.tasks: list[Task] = []
        self._runs = 0

    def files(self, *desired: DesiredSlot) -> FleetFiles:
        """What the files say: these slots, in every target."""
        settings = next(iter(self.worlds.values())).settings
        project = Project(DesiredState(desired), settings, api=COGNIGY_V1)
        slots = "\n".join(repr(each) for each in desired)
        return FleetFiles(
            path=self.folder / "fleet.yaml",
            fleet=self.fleet,
            projects={"slots": project},
            locators=dict.fromkeys(self.worlds, nowhere),
            bundle=Bundle(
                fleet_file="fleet.yaml",
                files={"fleet.yaml": repr(self.fleet), "slots/slots.yaml": slots},
            ),
        )

    def services(self, files: FleetFiles) -> FleetServices:
        """For one run of the fleet."""
        work = TargetWork(
            project_of=lambda task: files.project_of(files.fleet.by_name[task.target]),
            services_of=self._services_of,
            clock=self.clock,
            worker="the test",
        )

        def noted(task: Task) -> TargetResult:
            self.tasks.append(task)
            return work(task)

        @contextmanager
        def dispatcher(_parallel: int) -> Iterator[Dispatcher]:
            yield OneByOne(noted)

        return FleetServices(
            clock=self.clock,
            observer=self.observer,
            ledger=self.ledger,
            dispatcher=dispatcher,
            halts=HaltFiles(self.folder),
            new_run_id=self._new_run_id,
            actor="tester",
        )

    def planned(self, *desired: DesiredSlot) -> FleetReport:
        """A plan of the fleet."""
        files = self.files(*desired)
        return fleet_plan(files, self.services(files))

    def applied(self, *desired: DesiredSlot, **request: Any) -> FleetReport:
        """An apply of the fleet."""
        files = self.files(*desired)
        return fleet_apply(files, self.services(files), FleetApplyRequest(**request))

    @property
    def ledger(self) -> FileLedgerStore:
        """The fleet's own."""
        return FileLedgerStore(self.folder / "fleet.jsonl", clock=self.clock)

    @property
    def history(self) -> FleetHistory:
        """What the fleet's ledger says."""
        return fleet_history(self.ledger.lines())

    def patterns(self, slot_id: str) -> dict[str, tuple[str, ...]]:
        """The live patterns of a slot, by target."""
        found = {}
        for name, world in self.worlds.items():
            with world.tenant(Permission.READ) as tenant:
                content = tenant.list_slots()[slot_id].content
            assert isinstance(content, PatternContent)
            found[name] = content.patterns
        return found

    def _services_of(self, task: Task, _project: Project, observer: Observer) -> Services:
        return replace(self.worlds[task.target].services, observer=observer)

    def _world(self, name: str, details: Mapping[str, Any]) -> World:
        folder = self.folder / name
        folder.mkdir(parents=True)
        expected = self._expectation(name)
        endpoint = Endpoint(origin=expected.origin or "", bot_id=expected.bot_id)
        return World(folder, endpoint=endpoint, clock=self.clock, **details)

    @staticmethod
    def _expectation(name: str) -> Expectation:
        tenant, _, environment = name.partition("/")
        origin = f"https://{tenant}-{environment}.cognigy.com"
        return Expectation(origin=origin, bot_id=f"bot_{environment}")

    def _new_run_id(self) -> str:
        self._runs += 1
        return f"fleet-{self._runs}"


def statuses(report: FleetReport) -> dict[str, TargetStatus]:
    """How each target ended, by name."""
    return {each.name: each.status for each in report.results}


def names(targets: Iterable[TargetResult]) -> set[str]:
    """Of these targets."""
    return {each.name for each in targets}
