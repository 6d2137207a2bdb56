"""One fold over the fleet's chain: entries → FleetHistory, for `fleet status` and for a rollout
that goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reconciler.errors import LedgerError
from reconciler.model.endpoint import Endpoint
from reconciler.model.fleet_history import (
    FleetHistory,
    FleetRun,
    PlannedStep,
    Recorded,
    RecordedStep,
)
from reconciler.model.fleet_run import FleetAction, Halt, TargetResult, TargetStatus
from reconciler.model.ledger import Entry
from reconciler.planning.fleet_chain import (
    FLEET_FINISHED,
    FLEET_STARTED,
    HALTED,
    STEP_ENDED,
    STEP_JUDGED,
    TARGET_ENDED,
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


class _Recorded(BaseModel):
    """The data of an event, as JSON has it. Later versions may record more."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class _Started(_Recorded):
    action: FleetAction
    bundle: str = ""
    commit: str | None = None
    actor: str | None = None
    reason: str | None = None
    tool_version: str | None = None
    selection: str = ""
    retry_failed: bool = False
    targets: int = Field(ge=0)
    continues: str | None = None
    steps: tuple[PlannedStep, ...] = ()


class _Ended(_Recorded):
    target: str
    endpoint: Endpoint | None = None
    status: TargetStatus
    exit_code: int = 0
    target_run_id: str | None = None
    ledger_hash: str | None = None
    worker: str = ""
    attempts: int = 1
    seconds: float = Field(default=0, ge=0)
    ended_at: datetime | None = None
    step: int = Field(default=1, ge=1)
    error: str | None = None
    hint: str = ""
    phase: FleetAction
    changed_at: datetime | None = None
    rejected: tuple[str, ...] = ()


_OF_RESULT = tuple(
    name for name in _Ended.model_fields if name in TargetResult.model_fields and name != "ended_at"
)
"""What is recorded of a result under its own name. It is read for each of many targets."""


class _Step(_Recorded):
    step: int = Field(ge=1)
    baked_until: datetime | None = None


class _Halted(_Recorded):
    step: int
    reason: str
    targets: tuple[str, ...] = ()
    quarantined: tuple[str, ...] = ()


class _Finished(_Recorded):
    complete: bool


DataT = TypeVar("DataT", bound=_Recorded)


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

    @property
    def history(self) -> FleetHistory:
        return FleetHistory(
            runs=tuple(each.value for each in self._runs.values()),
            targets=self._targets,
            quarantined=frozenset(self._quarantined),
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
        data = _data(_Started, entry)
        if data.retry_failed:
            self._quarantined.clear()
        begun = FleetRun(
            run_id=entry.run_id,
            started_at=entry.moment,
            **{name: getattr(data, name) for name in _Started.model_fields if name != "steps"},
        )
        run = _Run(begun=begun, steps=[RecordedStep(planned=each) for each in data.steps])
        former = self._runs.get(data.continues) if data.continues else None
        if former is not None:
            run.steps = [*former.steps] or run.steps
            run.results, run.checks = {**former.results}, {**former.checks}
        last = self._last.get(data.action)
        if last is not None:
            self._runs[last] = self._runs[last].outdated()
        self._last[data.action] = entry.run_id
        self._runs[entry.run_id] = run

    def _end_target(self, run: _Run, entry: Entry) -> None:
        data = _data(_Ended, entry)
        recorded = Recorded(fleet_run_id=entry.run_id, step=data.step, result=_result(data, entry))
        is_check = data.phase is FleetAction.CHECK
        (run.checks if is_check else run.results)[data.target] = recorded
        if not is_check:
            run.checks.pop(data.target, None)
        self._targets[data.target] = recorded
        if run.begun.halt is not None and run.begun.halt.targets:
            self._quarantined.update(data.rejected)  # it was in hand when the rollout halted

    def _end_step(self, run: _Run, entry: Entry) -> None:
        data = _data(_Step, entry)
        update = {
            "ended_at": entry.moment,
            "baked_until": data.baked_until,
            "judged_at": None,
        }
        _update_step(run, data.step, update, entry)

    def _judge_step(self, run: _Run, entry: Entry) -> None:
        _update_step(run, _data(_Step, entry).step, {"judged_at": entry.moment}, entry)

    def _halt(self, run: _Run, entry: Entry) -> None:
        data = _data(_Halted, entry)
        self._quarantined.update(data.quarantined)
        halt = Halt(step=data.step, reason=data.reason, targets=data.targets)
        update = {"halt": halt, "quarantined": data.quarantined}
        run.begun = run.begun.model_copy(update=update)

    def _finish(self, run: _Run, entry: Entry) -> None:
        data = _data(_Finished, entry)
        update = {"ended_at": entry.moment, "is_complete": data.complete}
        run.begun = run.begun.model_copy(update=update)

    _followers: Mapping[str, Callable[[_Fold, _Run, Entry], None]] = {
        TARGET_ENDED: _end_target,
        STEP_ENDED: _end_step,
        STEP_JUDGED: _judge_step,
        HALTED: _halt,
        FLEET_FINISHED: _finish,
    }


def _data(shape: type[DataT], entry: Entry) -> DataT:
    try:
        return shape.model_validate(dict(entry.data), strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise _unclear(entry, f"`{place}`: {first['msg']}") from error


def _unclear(entry: Entry, reason: str) -> LedgerError:
    return LedgerError(
        f"Line {entry.seq} of the fleet's ledger, {entry.event}, cannot be understood: {reason}.",
        hint="Another version wrote it, or someone edited it: run `reconciler audit verify`.",
    )


def _update_step(run: _Run, step: int, update: Mapping[str, Any], entry: Entry) -> None:
    if step > len(run.steps):
        raise _unclear(entry, f"its run has {len(run.steps)} steps, and not step {step}")
    run.steps[step - 1] = run.steps[step - 1].model_copy(update=update)


def _result(data: _Ended, entry: Entry) -> TargetResult:
    return TargetResult(
        name=data.target,
        action=data.phase,
        run_id=data.target_run_id,
        ended_at=data.ended_at or entry.moment,
        **{name: getattr(data, name) for name in _OF_RESULT},
    )


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
