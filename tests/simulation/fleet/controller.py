"""Whoever applies the fleet: again and again, until it has what the files say."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from reconciler.errors import LockHeldError, ReconcilerError
from reconciler.model.fleet_event import FleetBegun, FleetEvent, TargetEnded
from reconciler.model.fleet_run import FleetAction, FleetReport, TargetResult, Task
from reconciler.operations.fleet.apply import FleetApplyRequest, fleet_apply
from reconciler.operations.fleet.running import FleetServices
from reconciler.operations.plan import plan
from reconciler.ports import SILENT
from tests.simulation.fleet.invariants import WINDOW_SECONDS, Invariants, Violation
from tests.simulation.fleet.jobs import Queue
from tests.simulation.fleet.machines import Machines
from tests.simulation.fleet.scenario import BEST, CONTROLLER_SKEW, Scenario
from tests.simulation.fleet.scheduler import Process
from tests.simulation.fleet.trouble import Trouble

DISTURBED_RUNS, QUIET_RUNS = 3, 12


class Controller:
    """The applies of a seed, which go on when their process has died. `is_over` once all targets
    are in sync."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        machines: Machines,
        queue: Queue,
        trouble: Trouble,
        invariants: Invariants,
    ) -> None:
        self._scenario = scenario
        self._machines = machines
        self._queue = queue
        self._trouble = trouble
        self._invariants = invariants
        self._disturbed, self._quiet = 0, 0
        self._accepts_loss = False
        self.run_id = ""
        self.is_over = False

    def control(self, process: Process) -> None:
        """Apply again and again: first with what goes wrong, then until all is well."""
        while not self.is_over and not process.is_stopping:
            is_quiet = self._disturbed >= DISTURBED_RUNS
            if is_quiet:
                self._trouble.heal()
                self._quiet += 1
            else:
                self._disturbed += 1
            if self._quiet > QUIET_RUNS:
                return
            patterns = BEST if is_quiet else self._scenario.first
            report = self._applied(process, patterns, retry_failed=is_quiet)
            self._react(process, report, is_quiet=is_quiet)

    def _react(self, process: Process, report: FleetReport | None, *, is_quiet: bool) -> None:
        if report is None:
            process.pause(30.0)
            return
        if report.is_complete and report.exit_code == 0:
            self._disturbed = DISTURBED_RUNS
            if is_quiet:
                self._require_in_sync(process)
                self.is_over = True
        baking = [each.baked_until for each in report.steps if each.baked_until is not None]
        if baking:
            clock = self._machines.clock(process, most_wrong=CONTROLLER_SKEW)
            process.pause(max(1.0, (max(baking) - clock.now()).total_seconds()))

    def _applied(
        self, process: Process, patterns: tuple[str, ...], *, retry_failed: bool
    ) -> FleetReport | None:
        clock = self._machines.clock(process, most_wrong=CONTROLLER_SKEW)
        files = self._machines.files_of(patterns)
        services = FleetServices(
            clock=clock,
            observer=_Listener(self),
            ledger=self._machines.ledger("fleet", clock),
            dispatcher=partial(self._queue.dispatcher, process),
            halts=self._queue,
            new_run_id=lambda: self._machines.new_run_id("fleet"),
            actor="simulation",
        )
        try:
            report = fleet_apply(
                files,
                services,
                FleetApplyRequest(retry_failed=retry_failed, accept_loss=self._accepts_loss),
            )
        except ReconcilerError as error:
            self._trouble.happened[f"no apply: {type(error).__name__}"] += 1
            self._machines.said.append(error.message)
            return None
        self._trouble.happened[f"exit code {report.exit_code}"] += 1
        self._invariants.reported(report)
        self._look_for_a_loss(report)
        return report

    def _look_for_a_loss(self, report: FleetReport) -> None:
        """Somebody looks at the ledgers that are said to have lost lines, and goes on."""
        self._accepts_loss = any("--accept-ledger-loss" in each.hint for each in report.results)
        if self._accepts_loss:
            self._trouble.happened["a loss is refused"] += 1
            if not self._invariants.has_lost:
                raise Violation(3, "a ledger is said to have lost lines, and none has")

    def rival(self, process: Process) -> None:
        """Somebody else applies the fleet too, once."""
        with suppress(LockHeldError):
            self._applied(process, self._scenario.first, retry_failed=False)

    def _require_in_sync(self, process: Process) -> None:
        """Plan each target, and expect nothing."""
        clock = self._machines.clock(process, most_wrong=CONTROLLER_SKEW)
        digest = self._machines.files_of(BEST).bundle.digest
        for name in self._scenario.endpoints:
            process.pause(WINDOW_SECONDS)  # whoever only plans does not know of others' requests
            task = Task(run_id="end", action=FleetAction.PLAN, target=name, bundle=digest)
            services = self._machines.services_of(task, process, clock=clock, observer=SILENT)
            made = plan(self._machines.project_of(task), services)
            waiting = () if self._invariants.has_lost else made.waiting  # the proof may be lost
            if made.changes or waiting:
                raise Violation(6, f"{name} still differs: {made.changes or waiting}")

    def ended(self, result: TargetResult) -> None:
        """Hear how a target ended."""
        if "bug in reconciler" in (result.error or ""):
            raise Violation(0, f"{result.error}")
        self._trouble.happened[f"target: {result.status.value}"] += 1
        self._machines.said.append(result.model_dump_json())


class _Listener:
    """`ports.FleetObserver` of one run."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def notice(self, event: FleetEvent) -> None:
        """Hear how a run begins, and how a target ended."""
        if isinstance(event, FleetBegun):
            self._controller.run_id = event.run_id or ""
        elif isinstance(event, TargetEnded):
            self._controller.ended(event.result)
