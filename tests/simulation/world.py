"""One seed's world: the tenant and all that stands between it and our runs, crashes, restarts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reconciler.adapters.cognigy.v1.api import COGNIGY_V1
from reconciler.adapters.cognigy.v1.tenant import connect
from reconciler.adapters.ledger.file import read_lines
from reconciler.adapters.webhook import SilentNotifier
from reconciler.errors import PlanningError, ReconcilerError
from reconciler.model.access import TenantAccess
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event, Warned, WriteRepeated
from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Plan, Selection
from reconciler.model.project import Project
from reconciler.model.proposal import PlanProposal, Proposal
from reconciler.model.secret import Secret
from reconciler.model.settings import Limits
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.plan import plan
from reconciler.operations.services import Services
from reconciler.planning.history import replay
from reconciler.ports import Connection, Permission
from tests.simulation.faults import Faults
from tests.simulation.invariants import Invariants
from tests.simulation.journal import Fuse, JournalStore, PowerCut
from tests.simulation.network import Network
from tests.simulation.others import Others
from tests.simulation.scenario import Disturbance, Scenario
from tests.simulation.stream import Stream
from tests.simulation.tenant import BOT, ModelTenant
from tests.simulation.trace import Trace, Violation
from tests.support.clock import VirtualClock
from tests.support.reports import ended_by

ORIGIN = "https://acme.cognigy.com"
ENDPOINT = Endpoint(origin=ORIGIN, bot_id=BOT)
ACCESS = TenantAccess(
    endpoint=ENDPOINT, client_id="simulation", client_secret=Secret("simulated-secret")
)

UNDISTURBED = Disturbance()


class _Listener:
    """Puts into the trace what the engine tells, and holds it against the invariants."""

    def __init__(self, trace: Trace, *, stream: Stream) -> None:
        self._trace = trace
        self._stream = stream

    def notice(self, event: Event) -> None:
        self._stream.check(event)
        if isinstance(event, Warned):
            self._trace.say("warned", event.message)
            if "has no baseline" in event.message:
                self._trace.count("baseline given up")
        elif isinstance(event, WriteRepeated):
            self._trace.say("repeats", f"{event.slot_id}: {event.reason}")
            self._trace.count("write repeated")


class _Agreeing:
    """Agrees to everything, and shows the plans to the invariants."""

    def __init__(self, invariants: Invariants) -> None:
        self._invariants = invariants

    def confirm(self, proposal: Proposal) -> None:
        if isinstance(proposal, PlanProposal) and proposal.plan.changes:
            self._invariants.planned(proposal.plan)


class World:
    """Runs of ours against one tenant. `folder` holds the ledger."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        seed = scenario.seed
        self.scenario = scenario
        self.clock = VirtualClock()
        self.clock.advance(1000.0)
        self.trace = Trace(self.clock)
        self.tenant = ModelTenant(scenario.live, features=scenario.features, clock=self.clock)
        self.tenant.training_seconds = scenario.training_seconds
        self.faults = Faults(random.Random(f"faults {seed}"), odds=scenario.odds)
        self.others = Others(
            random.Random(f"others {seed}"),
            scenario=scenario,
            tenant=self.tenant,
            trace=self.trace,
        )
        self.fuse = Fuse(self.trace)
        self.ledger = folder / "ledger.jsonl"
        self.invariants = Invariants(
            scenario,
            ledger=self.ledger,
            tenant=self.tenant,
            clock=self.clock,
            trace=self.trace,
        )
        self._dice = random.Random(f"world {seed}")
        self.network = Network(
            random.Random(f"network {seed}"),
            tenant=self.tenant,
            faults=self.faults,
            others=self.others,
            fuse=self.fuse,
            witness=self.invariants,
            clock=self.clock,
            trace=self.trace,
            slow_odds=scenario.slow_odds,
        )
        self._project = Project(
            desired=scenario.desired, settings=scenario.settings, api=COGNIGY_V1
        )
        self._listener = _Listener(self.trace, stream=self.invariants.stream)
        self._runs = 0

    def write_the_files_as_stored(self) -> None:
        """Somebody lets the files say what the tenant makes of them, as the warning asks."""
        desired = self.scenario.desired
        stored = [_as_stored(each, self.tenant) for each in desired.values()]
        self._project = Project(
            desired=DesiredState(stored), settings=self.scenario.settings, api=COGNIGY_V1
        )

    def endure(self, disturbance: Disturbance) -> None:
        """One run with what befalls it."""
        self.clock.advance(disturbance.pause_before)
        if self.others.odds and self._dice.random() < 0.3:
            self.others.act()
        slot_ids = sorted(self.scenario.desired)
        targets = (self._dice.choice(slot_ids),) if disturbance.targeted else ()
        saved = self.saved_plan(targets) if disturbance.saved_plan else None
        if saved is not None:
            self.clock.advance(self._dice.uniform(0, 300))
        self.apply(disturbance, saved=saved, targets=targets)

    def saved_plan(self, targets: tuple[str, ...]) -> Plan | None:
        """What `reconciler plan --out` saves, or None where it fails."""
        self.invariants.process_begins("plan", judged=True)
        try:
            return plan(
                self._project,
                self._services(run_id="plan", disturbance=UNDISTURBED),
                selection=Selection(targets=targets),
            )
        except ReconcilerError as error:
            self.trace.say("plan", error.message)
            return None

    def apply(
        self,
        disturbance: Disturbance = UNDISTURBED,
        *,
        saved: Plan | None = None,
        targets: tuple[str, ...] = (),
        retry_failed: bool = False,
    ) -> RunReport | None:
        """As `reconciler apply` does it; None where it crashed, or ended before anything was
        recorded."""
        self._runs += 1
        run_id = f"run-{self._runs}"
        self.trace.say("run", f"{run_id} begins: {disturbance}")
        self.trace.count("run" if disturbance.judged else "run, not judged")
        self.invariants.process_begins(run_id, judged=disturbance.judged)
        self.fuse.set(disturbance.crash_at)
        self.clock.interrupt_when_listened_for(disturbance.interrupt_after)
        report = None
        try:
            report = apply(
                self._project,
                self._services(run_id=run_id, disturbance=disturbance),
                _Agreeing(self.invariants),
                ApplyRequest(
                    saved=saved,
                    selection=Selection(targets=targets),
                    judged=disturbance.judged,
                    retry_failed=retry_failed,
                ),
            )
        except PowerCut:
            self.trace.say("run", f"{run_id} is no more")
        except ReconcilerError as error:
            report = self._ended_early(error)
        self.fuse.set(None)
        self.clock.interrupt_when_listened_for(None)
        open_changes = replay(read_lines(self.ledger), endpoint=ENDPOINT).open_changes
        self.invariants.process_ended(report, open_changes=open_changes)
        if report is not None:
            self._tell(report)
        return report

    def _ended_early(self, error: ReconcilerError) -> RunReport:
        """What a command line reports of an apply that raised."""
        if isinstance(error, PlanningError):
            for problem in error.problems:
                self.trace.say("problem", problem.message)
        return ended_by(error)

    @contextmanager
    def _connect(self, *, limits: Limits, permission: Permission) -> Iterator[Connection]:
        with connect(
            ACCESS,
            permission=permission,
            limits=limits,
            clock=self.clock,
            observer=self._listener,
            user_agent="simulation",
            transport=self.network,
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=ENDPOINT)

    def _services(self, *, run_id: str, disturbance: Disturbance) -> Services:
        return Services(
            clock=self.clock,
            observer=self._listener,
            ledger=JournalStore(
                self.ledger,
                clock=self.clock,
                dice=self._dice,
                fuse=self.fuse,
                trace=self.trace,
                recorded=self.invariants.recorded,
                full_at=disturbance.disk_full_at,
            ),
            connect=self._connect,
            notifier=SilentNotifier,
            new_run_id=lambda: run_id,
            actor="simulation",
        )

    def _tell(self, report: RunReport) -> None:
        for outcome in report.outcomes:
            self.trace.say(
                "outcome", f"{outcome.slot_id} {outcome.status.value}: {outcome.message}"
            )
            self.trace.count(f"outcome: {outcome.status.value}")
            if outcome.recovered:
                self.trace.count("recovered")
            if self.tenant.features.normalizes and "Someone else changed" in outcome.message:
                # Without an answer nobody can tell what the tenant made of our write from theirs.
                self.trace.count("taken for another's")
            if outcome.status is Status.SKIPPED and outcome.gate_stopped:
                self.trace.count("quarantined")
        if report.error is not None:
            self.trace.say("error", report.error)
        if report.interrupted:
            self.trace.count("interrupted")
        self.trace.say("run", f"ended with exit code {report.exit_code}")
        self.trace.count(f"exit code: {report.exit_code}")
        if report.error is not None and "bug in reconciler" in report.error:
            raise Violation(0, report.error)


def _as_stored(slot: DesiredSlot, tenant: ModelTenant) -> DesiredSlot:
    if slot.content is None or not tenant.features.normalizes:
        return slot
    patterns = tuple(each.strip() for each in slot.content.patterns)
    content = slot.content.model_copy(update={"patterns": patterns})
    # A copy would keep what the slot has cached of its former content.
    fields = {name: getattr(slot, name) for name in DesiredSlot.model_fields}
    return DesiredSlot(**{**fields, "content": content})
