"""The world of one seed: the tenant, what is between it and us, and our runs, crashes, restarts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.adapters.cognigy.v2.tenant import connect
from reconciler.adapters.ledger.file import read_lines
from reconciler.adapters.webhook import SilentNotifier
from reconciler.errors import ReconcilerError
from reconciler.model.access import ProjectAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event
from reconciler.model.outcome import RunReport
from reconciler.model.plan import Selection
from reconciler.model.project import Project
from reconciler.model.proposal import Proposal
from reconciler.model.secret import Secret
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.services import Services
from reconciler.planning.history import replay
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.simulation.fuse import Ending, Fuse, FusedClock, PowerCut
from tests.simulation.journal import JournalStore
from tests.simulation.trace import Trace
from tests.simulation.v2.invariants import Invariants
from tests.simulation.v2.network import Network, Others
from tests.simulation.v2.scenario import MISHAPS, Disturbance, Scenario
from tests.simulation.v2.tenant import PROJECT, ModelTenant
from tests.support.reports import ended_by

ORIGIN = "https://api-acme.cognigy.cloud"
UNDISTURBED = Disturbance()


@dataclass
class Person:
    """Agrees to everything, after a while in which others may act."""

    invariants: Invariants
    others: Others
    clock: FusedClock
    thinks: float

    def confirm(self, proposal: Proposal) -> None:
        """Agree."""
        self.clock.advance(self.thinks)
        self.others.may_act()
        self.invariants.agreed(proposal)


class World:
    """Our runs against one tenant; `folder` holds the ledger."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        seed = scenario.seed
        self.scenario = scenario
        self.endpoint = Endpoint(origin=ORIGIN, bot_id=PROJECT)
        self.project = Project(scenario.desired, settings=scenario.settings, api=COGNIGY_V2)
        self.clock = FusedClock()
        self.clock.advance(1000.0)
        self.trace = Trace(self.clock)
        self.clock.fuse = self.fuse = Fuse(self.trace)
        self.dice = random.Random(f"v2 world {seed}")
        self.mishap_odds = scenario.mishap_odds
        self.tenant = ModelTenant(
            scenario.live,
            flows=scenario.flows,
            locales=scenario.locales,
            asserted=tuple(sorted({*scenario.live, *scenario.desired})),
            features=scenario.features,
            clock=self.clock,
            mishap=self._mishap,
        )
        self.ledger = folder / "ledger.jsonl"
        self.invariants = Invariants(
            scenario, ledger=self.ledger, tenant=self.tenant, clock=self.clock, trace=self.trace
        )
        self.others = Others(
            random.Random(f"v2 others {seed}"),
            tenant=self.tenant,
            names=self.invariants.flows,
            odds=scenario.others_odds,
            trace=self.trace,
        )
        self.network = Network(
            random.Random(f"v2 network {seed}"),
            tenant=self.tenant,
            others=self.others,
            fuse=self.fuse,
            witness=self.invariants,
            clock=self.clock,
            trace=self.trace,
            odds=scenario.odds,
        )
        self._runs = 0

    def notice(self, event: Event) -> None:
        """Check what a listener hears."""
        self.invariants.stream.check(event)

    def _mishap(self, kind: str) -> str:
        if self.dice.random() >= self.mishap_odds:
            return ""
        mishap = self.dice.choice(MISHAPS[kind])
        self.trace.count(f"{kind}: {mishap}")
        self.trace.say("task", f"{kind} will be {mishap}")
        return mishap

    def apply(
        self,
        disturbance: Disturbance = UNDISTURBED,
        *,
        selection: Selection = Selection(),
        retry_failed: bool = False,
    ) -> RunReport | None:
        """Apply as `reconciler apply` does; None if it crashed, or was stopped before it recorded
        anything."""
        self.clock.advance(disturbance.pause_before)
        self.others.may_act()
        self._runs += 1
        run_id = f"run-{self._runs}"
        self.trace.say("run", f"{run_id} begins: {disturbance}")
        self.invariants.begin(run_id)
        if disturbance.cut_off_at is not None:
            self.fuse.set(disturbance.cut_off_at, ending=Ending.CUT_OFF)
        else:
            self.fuse.set(disturbance.crash_at)
        self.clock.interrupt_when_listened_for(disturbance.interrupt_after)
        person = Person(self.invariants, self.others, self.clock, disturbance.thinks)
        report = None
        try:
            report = apply(
                self.project,
                self._services(run_id, full_at=disturbance.disk_full_at),
                person,
                ApplyRequest(selection=selection, retry_failed=retry_failed),
            )
        except (PowerCut, KeyboardInterrupt):
            self.trace.say("run", f"{run_id} is dead")
        except ReconcilerError as error:
            self.trace.count(f"refused: {type(error).__name__}")
            report = ended_by(error)
        self._end(report)
        return report

    def _end(self, report: RunReport | None) -> None:
        has_cut_off = self.fuse.has_cut_off
        self.fuse.set(None)
        self.clock.interrupt_when_listened_for(None)
        history = replay(read_lines(self.ledger), endpoint=self.endpoint)
        self.invariants.process_ended(
            report, open_changes=history.open_changes.keys(), has_cut_off=has_cut_off
        )
        if report is not None:
            self.trace.report(report)

    @contextmanager
    def _connect(
        self, project: Project, *, permission: Permission, lease: Lease = UNSHARED
    ) -> Iterator[Connection]:
        access = ProjectAccess(endpoint=self.endpoint, api_key=Secret("simulated-secret"))
        with connect(
            access,
            project=project,
            permission=permission,
            lease=lease,
            limits=project.settings.limits,
            clock=self.clock,
            observer=self,
            user_agent="simulation",
            transport=self.network,
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=self.endpoint)

    def _services(self, run_id: str, *, full_at: int | None) -> Services:
        return Services(
            clock=self.clock,
            observer=self,
            ledger=JournalStore(
                self.ledger,
                clock=self.clock,
                dice=self.dice,
                fuse=self.fuse,
                trace=self.trace,
                recorded=self.invariants.recorded,
                full_at=full_at,
            ),
            connect=self._connect,
            notifier=SilentNotifier,
            new_run_id=lambda: run_id,
            actor="simulation",
        )
