"""A run of the fleet, whatever it does in each target: from the targets to the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from reconciler.engine.fleet import Controller, FleetPorts
from reconciler.model.fleet import ALL, Fleet, FleetRollout, Target
from reconciler.model.fleet_history import LedgerEnd
from reconciler.model.fleet_run import FleetAction, FleetReport, TargetResult, TargetStatus, Task
from reconciler.operations.fleet.files import FleetFiles
from reconciler.planning.fleet_groups import grouped
from reconciler.planning.rollout.policy import Rollout
from reconciler.planning.rollout.stages import arranged
from reconciler.ports import Clock, Dispatcher, FleetObserver, Halts, Ledger, LedgerStore


@dataclass(frozen=True)
class FleetServices:
    """The adapters for a run of the fleet.

    `ledger` is that of the fleet itself. `dispatcher` opens a dispatcher of at most so many targets
    at once. `assign_ledgers` lets the workers of each pool use the ledgers that they need for this
    action. `new_run_id` returns a unique id. `actor` and `commit` are recorded.
    """

    clock: Clock
    observer: FleetObserver
    ledger: LedgerStore
    dispatcher: Callable[[int], AbstractContextManager[Dispatcher]]
    halts: Halts
    new_run_id: Callable[[], str]
    assign_ledgers: Callable[[FleetAction], None] = lambda _action: None
    actor: str | None = None
    commit: str | None = None


@dataclass(frozen=True)
class FleetRunning:
    """What is the same for each target of a run: `action` is what is done in it, and `selection`
    the selector that chose the targets, "" for all."""

    run_id: str
    action: FleetAction
    bundle: str
    selection: str
    commit: str | None = None

    @classmethod
    def of(
        cls, files: FleetFiles, services: FleetServices, *, action: FleetAction, selection: str
    ) -> FleetRunning:
        """A new run with these files."""
        return cls(
            services.new_run_id(),
            action,
            bundle=files.bundle.digest,
            selection=selection,
            commit=services.commit,
        )

    def task(self, target: Target, **options: Any) -> Task:
        """The task of a target, with these `options` of a Task."""
        return Task(
            **{
                "run_id": self.run_id,
                "action": self.action,
                "target": target.name,
                "bundle": self.bundle,
                "origin": target.expect.origin or "",
                "pool": target.pool,
                **options,
            }
        )


def known_hash(target: Target, ends: Mapping[str, LedgerEnd]) -> str | None:
    """The hash of a line that the target's ledger has, unless it has lost lines; None if none is
    known, or if it was in the ledger of another origin."""
    end, origin = ends.get(target.name), target.expect.origin
    if end is None or (end.origin and origin and end.origin != origin):
        return None
    return end.hash


def all_at_once(fleet: Fleet, targets: Sequence[Target]) -> Rollout:
    """A rollout in one step, which no failure stops: for what changes nothing."""
    settings = FleetRollout(
        max_parallel=fleet.rollout.max_parallel,
        max_parallel_per=fleet.rollout.max_parallel_per,
        max_failures=ALL,
    )
    return Rollout(settings, targets=targets, stages=arranged(settings, targets, salt=""))


def carried_out(
    running: FleetRunning,
    rollout: Rollout,
    services: FleetServices,
    *,
    task_of: Callable[[str, FleetAction], Task],
    ledger: Ledger | None,
    former: Mapping[str, TargetResult] | None = None,
) -> FleetReport:
    """Roll out as far as it goes now. `former` are the results of the run that this one continues,
    by target, of which those count that this one did not begin again. Raises LedgerError."""
    services.assign_ledgers(running.action)
    parallel = max((each.max_parallel for each in rollout.stages), default=1)
    with services.dispatcher(parallel) as dispatcher:
        controller = Controller(
            running.run_id,
            rollout,
            task_of=task_of,
            ports=FleetPorts(
                dispatcher=dispatcher,
                ledger=ledger,
                halts=services.halts,
                clock=services.clock,
                observer=services.observer,
            ),
        )
        controller.carry_out()
    left = frozenset(rollout.not_begun)
    kept = {name: each for name, each in (former or {}).items() if name not in left}
    results = {**kept, **controller.results}
    return report_of(running, rollout, results.values(), is_interrupted=controller.is_interrupted)


def report_of(
    running: FleetRunning,
    rollout: Rollout,
    results: Iterable[TargetResult],
    *,
    is_interrupted: bool,
) -> FleetReport:
    """The report of a run that is as far as it goes now."""
    ended = tuple(results)
    interrupted = {each.name for each in ended if each.status is TargetStatus.INTERRUPTED}
    return FleetReport(
        run_id=running.run_id,
        action=running.action,
        commit=running.commit,
        bundle=running.bundle,
        selection=running.selection,
        results=ended,
        not_begun=tuple(name for name in rollout.not_begun if name not in interrupted),
        steps=rollout.steps,
        step_of=rollout.step_of,
        groups=grouped(ended),
        halt=rollout.halted,
        is_complete=rollout.halted is None
        and not is_interrupted
        and all(each.is_done for each in rollout.steps),
        is_interrupted=is_interrupted,
    )
