"""One fold over the fleet's chain: entries → FleetHistory, for `fleet status` and for a rollout
that goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model.fleet_history import (
    FleetHistory,
    FleetRun,
    LedgerEnd,
    Recorded,
    RecordedStep,
)
from reconciler.model.fleet_run import KEPT, SUCCEEDED, FleetAction, Halt, TargetStatus
from reconciler.model.ledger import Entry
from reconciler.planning.fleet_chain import (
    FLEET_FINISHED,
    FLEET_STARTED,
    HALTED,
    STEP_ENDED,
    STEP_JUDGED,
    TARGET_ENDED,
)
from reconciler.planning.fleet_data import (
    Ended,
    Finished,
    Halted,
    Started,
    StepData,
    data_of,
    result_of,
    unclear,
)


def fleet_history(lines: Iterable[Entry | None]) -> FleetHistory:
    """Fold the entries of the fleet's chain, oldest first; None is a line that cannot be read.

    Raises LedgerError for an event that cannot be understood, because a rollout that did not know
    it might begin what it must not.
    """
    fold = _Fold()
    for line in lines:
        if line is not None:
            fold.take(line)
    return fold.history


@dataclass
class _Run:
    """A run while its entries are taken."""

    begun: FleetRun
    steps: list[RecordedStep]
    results: dict[str, Recorded] = field(default_factory=dict)
    checks: dict[str, Recorded] = field(default_factory=dict)
    counts: Mapping[TargetStatus, int] = field(default_factory=dict)

    @property
    def value(self) -> FleetRun:
        update = {
            "steps": tuple(self.steps),
            "results": self.results,
            "checks": self.checks,
            "counts": self.counts or _counts(self),
        }
        return self.begun.model_copy(update=update)

    def outdated(self) -> _Run:
        """The same without its results: only the last run of each action keeps them."""
        return replace(self, results={}, checks={}, counts=_counts(self))


class _Fold:
    def __init__(self) -> None:
        self._runs: dict[str, _Run] = {}
        self._last: dict[FleetAction, str] = {}
        self._targets: dict[str, Recorded] = {}
        self._quarantined: set[str] = set()
        self._ledger_ends: dict[str, LedgerEnd] = {}

    @property
    def history(self) -> FleetHistory:
        return FleetHistory(
            runs=tuple(each.value for each in self._runs.values()),
            targets=self._targets,
            quarantined=frozenset(self._quarantined),
            ledger_ends=self._ledger_ends,
        )

    def take(self, entry: Entry) -> None:
        if entry.event == FLEET_STARTED:
            self._begin(entry)
            return
        follow = self._followers.get(entry.event)
        run = self._runs.get(entry.run_id)
        if follow is not None and run is not None:
            follow(self, run, entry)

    def _begin(self, entry: Entry) -> None:
        data = data_of(Started, entry)
        if data.retry_failed:
            self._quarantined.clear()
        if data.accept_loss:
            for name in (name for step in data.steps for name in step.names or ()):
                self._ledger_ends.pop(name, None)
        begun = FleetRun(
            run_id=entry.run_id,
            started_at=entry.moment,
            **{name: getattr(data, name) for name in Started.model_fields if name != "steps"},
        )
        run = _Run(begun=begun, steps=[RecordedStep(planned=each) for each in data.steps])
        former = self._runs.get(data.continues) if data.continues else None
        if former is not None:
            run.steps = [*former.steps] or run.steps
            run.results = _kept(former.results, KEPT)
            run.checks = _kept(former.checks, SUCCEEDED)
        last = self._last.get(data.action)
        if last is not None:
            self._runs[last] = self._runs[last].outdated()
        self._last[data.action] = entry.run_id
        self._runs[entry.run_id] = run

    def _end_target(self, run: _Run, entry: Entry) -> None:
        data = data_of(Ended, entry)
        recorded = Recorded(
            fleet_run_id=entry.run_id, step=data.step, result=result_of(data, entry)
        )
        is_check = data.phase is FleetAction.CHECK
        (run.checks if is_check else run.results)[data.target] = recorded
        if not is_check:
            run.checks.pop(data.target, None)
        self._targets[data.target] = recorded
        if data.ledger_hash is not None:
            origin = data.endpoint.origin if data.endpoint is not None else ""
            self._ledger_ends[data.target] = LedgerEnd(hash=data.ledger_hash, origin=origin)
        if run.begun.halt is not None and run.begun.halt.targets:
            self._quarantined.update(data.rejected)  # it was in hand when the rollout halted

    def _end_step(self, run: _Run, entry: Entry) -> None:
        data = data_of(StepData, entry)
        update = {
            "ended_at": entry.moment,
            "baked_until": data.baked_until,
            "judged_at": None,
        }
        _update_step(run, data.step, update, entry)

    def _judge_step(self, run: _Run, entry: Entry) -> None:
        _update_step(run, data_of(StepData, entry).step, {"judged_at": entry.moment}, entry)

    def _halt(self, run: _Run, entry: Entry) -> None:
        data = data_of(Halted, entry)
        self._quarantined.update(data.quarantined)
        halt = Halt(step=data.step, reason=data.reason, targets=data.targets)
        run.begun = run.begun.model_copy(update={"halt": halt})

    def _finish(self, run: _Run, entry: Entry) -> None:
        data = data_of(Finished, entry)
        update = {"ended_at": entry.moment, "is_complete": data.complete}
        run.begun = run.begun.model_copy(update=update)

    _followers: Mapping[str, Callable[[_Fold, _Run, Entry], None]] = {
        TARGET_ENDED: _end_target,
        STEP_ENDED: _end_step,
        STEP_JUDGED: _judge_step,
        HALTED: _halt,
        FLEET_FINISHED: _finish,
    }


def _update_step(run: _Run, step: int, update: Mapping[str, Any], entry: Entry) -> None:
    if step > len(run.steps):
        raise unclear(entry, f"its run has {len(run.steps)} steps, and not step {step}")
    run.steps[step - 1] = run.steps[step - 1].model_copy(update=update)


def _kept(
    results: Mapping[str, Recorded], statuses: Collection[TargetStatus]
) -> dict[str, Recorded]:
    """Those that a later run does not begin again."""
    return {name: each for name, each in results.items() if each.result.status in statuses}


def _counts(run: _Run) -> dict[TargetStatus, int]:
    """The number of targets with each status, zeros included: a target that failed when its step
    was judged has failed."""
    found = Counter(each.result.status for each in run.results.values())
    for name, check in run.checks.items():
        if check.result.has_failed and name in run.results:
            found[run.results[name].result.status] -= 1
            found[check.result.status] += 1
    found[TargetStatus.NOT_BEGUN] += max(run.begun.targets - len(run.results), 0)
    return {status: found[status] for status in TargetStatus}
