"""Apply the files to the targets of the fleet, step by step, as its rollout says.

lock the fleet's ledger ── another run of the fleet ───────────────> refused
        │
the targets ── more than limits.max_targets ──────────────────────> refused
        │   └─ other files than those of the plan ────────────────> refused
the last run, if it had the same files and targets and was not complete: go on with it
        │
step by step: begin targets, judge what has baked ── too many failed ──> halted
        │
the report, also if a step bakes on
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import ConfigurationError, LimitExceededError, StalePlanError
from reconciler.model.commands import FLEET
from reconciler.model.fleet import EVERYTHING, Fleet, Selector, Target
from reconciler.model.fleet_event import FleetBegun, FleetEnded
from reconciler.model.fleet_history import FleetHistory
from reconciler.model.fleet_plan import FleetPlan
from reconciler.model.fleet_run import FleetAction, FleetReport, Task
from reconciler.model.listed import listed
from reconciler.operations.fleet.chain import begin, finish
from reconciler.operations.fleet.files import FleetFiles
from reconciler.operations.fleet.running import (
    FleetRunning,
    FleetServices,
    carried_out,
    known_hash,
)
from reconciler.operations.fleet.selection import selected
from reconciler.planning.damage import require_whole_runs
from reconciler.planning.fleet_history import fleet_history
from reconciler.planning.rollout.policy import Rollout
from reconciler.planning.rollout.stages import arranged
from reconciler.ports import Ledger


@dataclass(frozen=True)
class FleetApplyRequest:
    """How to apply.

    With an `approved` plan, only its targets are changed, and only as it says; without, whatever
    differs in the targets that `selector` selects. `retry_failed` retries what gates rejected in
    earlier runs, in the same target or in another one. `accept_loss` goes on in targets whose
    ledgers have lost lines that the fleet knows of. `reason` says why, for the ledgers.
    """

    approved: FleetPlan | None = None
    selector: Selector = EVERYTHING
    retry_failed: bool = False
    accept_loss: bool = False
    reason: str | None = None


def fleet_apply(
    files: FleetFiles, services: FleetServices, request: FleetApplyRequest = FleetApplyRequest()
) -> FleetReport:
    """Roll the files out as far as it goes now.

    A run whose last step bakes on ends without being complete; the next one with the same files and
    targets goes on with it. Raises ConfigurationError, Refusal and LedgerError before any target
    was begun; LedgerError also later: what threads of this process have in hand has ended then, but
    a worker elsewhere may still finish it.
    """
    targets = _targets(files, request)
    _require_within_limit(files.fleet, targets)
    running = FleetRunning.of(
        files, services, action=FleetAction.APPLY, selection=_selection(request)
    )
    with services.ledger.open(running.run_id) as ledger:
        require_whole_runs(ledger.lines, commands=FLEET)
        history = fleet_history(ledger.lines)
        return _Apply(files, services, request, targets, running, ledger, history).run()


class _Apply:
    """One apply, while the fleet's ledger is locked."""

    def __init__(
        self,
        files: FleetFiles,
        services: FleetServices,
        request: FleetApplyRequest,
        targets: tuple[Target, ...],
        running: FleetRunning,
        ledger: Ledger,
        history: FleetHistory,
    ) -> None:
        self._files = files
        self._services = services
        self._request = request
        self._targets = targets
        self._ledger = ledger
        self._running = running
        self._history = history
        self._ledger_ends = {} if request.accept_loss else history.ledger_ends
        self._quarantined = () if request.retry_failed else tuple(sorted(history.quarantined))

    def run(self) -> FleetReport:
        services, settings = self._services, self._files.fleet.rollout
        stages = arranged(settings, self._targets, salt=self._files.bundle.digest)
        former = self._history.unfinished(
            bundle=self._running.bundle,
            selection=self._running.selection,
            steps=(each.names for each in stages),
        )
        rollout = Rollout(settings, targets=self._targets, stages=stages, past=former)
        continues = former.run_id if former else None
        begin(
            self._ledger,
            self._running,
            services,
            stages=stages,
            reason=self._request.reason,
            retry_failed=self._request.retry_failed,
            accept_loss=self._request.accept_loss,
            continues=continues,
        )
        services.observer.notice(
            FleetBegun(
                run_id=self._running.run_id,
                action=FleetAction.APPLY,
                targets=len(rollout.not_begun),
                steps=max(len(stages), 1),
                continues=continues,
            )
        )
        report = carried_out(
            self._running,
            rollout,
            services,
            task_of=self._task,
            ledger=self._ledger,
            former={name: each.result for name, each in former.results.items()} if former else {},
        )
        report = finish(self._ledger, report)
        services.observer.notice(FleetEnded(report=report))
        return report

    def _task(self, name: str, action: FleetAction) -> Task:
        approved = self._request.approved
        target = self._files.fleet.by_name[name]
        return self._running.task(
            target,
            action=action,
            fence=self._ledger.fence,
            digest=approved.digests[name] if approved else None,
            reason=self._request.reason,
            retry_failed=self._request.retry_failed,
            quarantined=self._quarantined,
            ledger_hash=known_hash(target, self._ledger_ends),
        )


def _selection(request: FleetApplyRequest) -> str:
    return request.approved.selection if request.approved else str(request.selector)


def _targets(files: FleetFiles, request: FleetApplyRequest) -> tuple[Target, ...]:
    approved = request.approved
    if approved is None:
        return selected(files.fleet, request.selector)
    if approved.bundle != files.bundle.digest:
        raise StalePlanError(
            "The plan of the fleet is stale: fleet.yaml or the slot files have changed since it "
            "was made.",
            hint="Make a new plan, and review it.",
        )
    unknown = sorted(approved.digests.keys() - files.fleet.by_name.keys())
    if unknown:
        raise StalePlanError(
            f"The plan names targets that the fleet does not have: {listed(unknown)}.",
            hint="Make a new plan, and review it.",
        )
    if not approved.digests:
        raise ConfigurationError("The plan has no targets.", hint="Make a new plan.")
    return tuple(each for each in files.fleet.targets if each.name in approved.digests)


def _require_within_limit(fleet: Fleet, targets: tuple[Target, ...]) -> None:
    most = fleet.limits.max_targets
    if most is not None and len(targets) > most:
        raise LimitExceededError(
            f"{len(targets)} targets are selected, over the limit of {most}.",
            hint="Select fewer with --select, or raise limits.max_targets in fleet.yaml.",
        )
