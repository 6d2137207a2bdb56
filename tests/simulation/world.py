"""The world of one seed: the tenant, what is between it and us, and our runs, crashes, restarts."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from reconciler.adapters.ledger.file import read_lines
from reconciler.adapters.webhook import SilentNotifier
from reconciler.errors import PlanningError, ReconcilerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.event import Event, Warned, WriteRepeated
from reconciler.model.outcome import RunReport, Status
from reconciler.model.plan import Selection
from reconciler.model.project import Project
from reconciler.operations.apply import ApplyRequest, apply
from reconciler.operations.plan import plan
from reconciler.operations.services import Services
from reconciler.planning.history import replay
from reconciler.ports import UNSHARED, Connection, Lease, Permission
from tests.simulation.faults import Faults
from tests.simulation.fuse import Ending, Fuse, FusedClock, PowerCut
from tests.simulation.invariants import Invariants
from tests.simulation.journal import JournalStore
from tests.simulation.network import Network
from tests.simulation.others import Others
from tests.simulation.person import Person
from tests.simulation.scenario import Disturbance, Files, Scenario, Staleness
from tests.simulation.slot_files import SlotFiles
from tests.simulation.stream import Stream
from tests.simulation.subjects import Subject
from tests.simulation.terms import Saved, Terms
from tests.simulation.trace import Trace
from tests.support.reports import ended_by

ANOTHER_BOT = "bot_2"
REASON = "an emergency"


class _Listener:
    """Adds the events of the engine to the trace, and checks them against the invariants."""

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


class World:
    """Our runs against one tenant; `folder` holds the ledger."""

    def __init__(self, subject: Subject, scenario: Scenario, folder: Path) -> None:
        seed = scenario.seed
        self.subject = subject
        self.scenario = scenario
        self.endpoint = Endpoint(origin=subject.origin, bot_id=scenario.bot)
        self.undisturbed = Disturbance(judged=scenario.bot is not None)
        self.clock = FusedClock()
        self.clock.advance(1000.0)
        self.trace = Trace(self.clock)
        self.clock.fuse = self.fuse = Fuse(self.trace)
        self.tenant = subject.tenant(scenario, clock=self.clock, trace=self.trace)
        self.faults = Faults(random.Random(f"faults {seed}"), odds=scenario.odds)
        self.others = Others(
            random.Random(f"others {seed}"),
            scenario=scenario,
            tenant=self.tenant,
            trace=self.trace,
        )
        self.files = SlotFiles(scenario, self.tenant)
        self.ledger = folder / "ledger.jsonl"
        self.invariants = Invariants(
            Terms("none", self.files.project(), self.endpoint),
            ledger=self.ledger,
            tenant=self.tenant,
            clock=self.clock,
            trace=self.trace,
        )
        self.dice = random.Random(f"world {seed}")
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
        self._listener = _Listener(self.trace, stream=self.invariants.stream)
        self.problems: frozenset[str] = frozenset()
        """The ids of the rules that prevented a plan in the last run."""
        self._runs = 0

    def endure(self, disturbance: Disturbance) -> None:
        """One run with its disturbance."""
        self.clock.advance(disturbance.pause_before)
        self.others.may_act()
        slot_ids = sorted(self.scenario.desired)
        selection = Selection(
            targets=(self.dice.choice(slot_ids),) if disturbance.targeted else (),
            prune=disturbance.files is Files.PRUNED,
        )
        project = self.files.project(disturbance.files)
        saved = None
        if disturbance.saved_plan:
            saved = self._saved_plan(project, selection, stale=disturbance.stale)
            self.clock.advance(self.dice.uniform(0, 300))
        self.apply(disturbance, project=project, saved=saved, selection=selection)

    def _saved_plan(
        self, project: Project, selection: Selection, *, stale: Staleness | None
    ) -> Saved | None:
        """What `reconciler plan --out` saves, and then makes stale; None if it fails."""
        endpoint = self.endpoint
        if stale is Staleness.FILES:
            project = self.files.edited(project, self.dice)
        elif stale is Staleness.BOT:
            endpoint = Endpoint(origin=endpoint.origin, bot_id=ANOTHER_BOT)
        terms = Terms("plan", project, endpoint)
        self.invariants.process_begins(terms)
        try:
            made = plan(project, self._services(terms, self.undisturbed), selection=selection)
        except ReconcilerError as error:
            self.trace.say("plan", error.message)
            return None
        saved = Saved(made, terms, listed_at=self.invariants.listed_at)
        if stale is not None:
            self.trace.count(f"saved plan, and then {stale.value}")
        if stale is Staleness.EDIT and made.changes:
            self.others.edit(self.dice.choice(made.changes).slot_id)
        return saved

    def apply(
        self,
        disturbance: Disturbance | None = None,
        *,
        project: Project | None = None,
        saved: Saved | None = None,
        selection: Selection = Selection(),
        retry_failed: bool = False,
    ) -> RunReport | None:
        """Apply as `reconciler apply` does; None if it crashed, or was stopped before it recorded
        anything."""
        disturbance = disturbance or self.undisturbed
        self._runs += 1
        terms = Terms(
            f"run-{self._runs}",
            project or self.files.project(),
            self.endpoint,
            judged=disturbance.judged,
            reason=None if disturbance.judged else REASON,
            saved=saved,
        )
        self._begin(terms, disturbance)
        report = None
        try:
            report = apply(
                terms.project,
                self._services(terms, disturbance),
                self._person(disturbance),
                ApplyRequest(
                    saved=saved.plan if saved else None,
                    selection=selection,
                    judged=terms.judged,
                    reason=terms.reason,
                    retry_failed=retry_failed,
                ),
            )
        except (PowerCut, KeyboardInterrupt):
            self.trace.say("run", f"{terms.run_id} is dead")
        except ReconcilerError as error:
            report = self._ended_early(error)
        self._end(report)
        return report

    def _person(self, disturbance: Disturbance) -> Person:
        return Person(
            disturbance,
            self.dice,
            invariants=self.invariants,
            others=self.others,
            clock=self.clock,
            trace=self.trace,
        )

    def _begin(self, terms: Terms, disturbance: Disturbance) -> None:
        self.trace.say("run", f"{terms.run_id} begins: {disturbance}")
        self.trace.count("run" if terms.judged else "run, not judged")
        if disturbance.files is not Files.AS_DESIRED:
            self.trace.count(f"files: {disturbance.files.value}")
        self.problems = frozenset()
        self.invariants.process_begins(terms)
        cut_off_at = disturbance.cut_off_at
        self.fuse.set(
            cut_off_at or disturbance.crash_at,
            ending=Ending.CUT_OFF if cut_off_at else Ending.CRASH,
            at_lines=disturbance.at_lines,
        )
        self.clock.interrupt_when_listened_for(disturbance.interrupt_after)

    def _end(self, report: RunReport | None) -> None:
        has_cut_off = self.fuse.has_cut_off
        self.fuse.set(None)
        self.clock.interrupt_when_listened_for(None)
        history = replay(read_lines(self.ledger), endpoint=self.endpoint)
        self.invariants.process_ended(
            report, open_changes=history.open_changes.keys(), has_cut_off=has_cut_off
        )
        if report is not None:
            self._tell(report)

    def _ended_early(self, error: ReconcilerError) -> RunReport:
        """What the command line reports for an apply that raised."""
        if isinstance(error, PlanningError):
            self.problems = frozenset(problem.rule for problem in error.problems)
            for problem in error.problems:
                self.trace.say("problem", problem.message)
                self.trace.count(f"refused: {problem.rule}")
        self.trace.count(f"refused: {type(error).__name__}")
        self.invariants.raised(error)
        return ended_by(error)

    @contextmanager
    def _connect(
        self,
        endpoint: Endpoint,
        project: Project,
        *,
        permission: Permission,
        lease: Lease = UNSHARED,
    ) -> Iterator[Connection]:
        with self.subject.connect(
            endpoint,
            project,
            permission=permission,
            lease=lease,
            limits=project.settings.limits,
            clock=self.clock,
            observer=self._listener,
            user_agent="simulation",
            transport=self.network,
        ) as tenant:
            yield Connection(tenant=tenant, endpoint=endpoint)

    def _services(self, terms: Terms, disturbance: Disturbance) -> Services:
        return Services(
            clock=self.clock,
            observer=self._listener,
            ledger=JournalStore(
                self.ledger,
                clock=self.clock,
                dice=self.dice,
                fuse=self.fuse,
                trace=self.trace,
                recorded=self.invariants.recorded,
                full_at=disturbance.disk_full_at,
            ),
            connect=partial(self._connect, terms.endpoint),
            notifier=SilentNotifier,
            new_run_id=lambda: terms.run_id,
            actor="simulation",
        )

    def _tell(self, report: RunReport) -> None:
        for outcome in report.outcomes:
            if outcome.recovered:
                self.trace.count("recovered")
            if self.tenant.normalizes and "Someone else changed" in outcome.message:
                # Without a response, our normalized write cannot be told from a foreign edit.
                self.trace.count("mistaken for a foreign edit")
            if outcome.status is Status.SKIPPED and outcome.gate_stopped:
                self.trace.count("rejected earlier")
        if report.interrupted:
            self.trace.count("interrupted")
        self.trace.report(report)
