"""What the fleet's own chain of records says: its runs, their steps, and how each target ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timezone

from pydantic import Field

from reconciler.model.base import Frozen
from reconciler.model.fleet_run import (
    FleetAction,
    Halt,
    StepReport,
    TargetResult,
    TargetStatus,
)


class PlannedStep(Frozen):
    """A step as it was when its run began: how many targets it has, how many of them may fail, and
    for how many seconds it bakes. `names` are its targets, in the order in which they begin; None
    if they were not recorded."""

    targets: int = Field(ge=0)
    max_failures: int = Field(default=0, ge=0)
    bake_seconds: float = Field(default=0, ge=0)
    names: tuple[str, ...] | None = None


class RecordedStep(Frozen):
    """A step, and what became of it. `ended_at` is when its last target had ended, `baked_until`
    until when it bakes from then on, and `judged_at` when its targets were measured again; each is
    None before, and the last two if the step does not bake."""

    planned: PlannedStep
    ended_at: datetime | None = None
    baked_until: datetime | None = None
    judged_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do in it."""
        return self.ended_at is not None and (
            self.baked_until is None or self.judged_at is not None
        )


class Recorded(Frozen):
    """How a target ended, in which step of which run of the fleet."""

    fleet_run_id: str
    step: int = Field(ge=1)
    result: TargetResult


class LedgerEnd(Frozen):
    """A line with which a target's own ledger ended, by its hash: the ledger of this origin has it
    from then on, "" if that was not recorded."""

    hash: str
    origin: str = ""


class FleetRun(Frozen):
    """One run of the fleet. `selection` is the selector that chose its `targets`, "" for all;
    `reason` is why it was begun, as its author says. `accept_loss` says that lines which their
    ledgers have lost are known of.

    `results` are how its targets ended, by their names, and `checks` how they ended when their step
    had baked and was judged; both, like `steps`, include those of the run that it continues, except
    for what is begun again: what failed, waited for another environment or was interrupted. Of an
    older run, of which there is a newer one with the same action, only `counts` are kept.
    `ended_at` is None for a run without an end: it goes on, or it was cut off.
    """

    run_id: str
    started_at: datetime
    action: FleetAction
    bundle: str = ""
    commit: str | None = None
    actor: str | None = None
    reason: str | None = None
    tool_version: str | None = None
    selection: str = ""
    retry_failed: bool = False
    accept_loss: bool = False
    targets: int = Field(default=0, ge=0)
    continues: str | None = None
    steps: tuple[RecordedStep, ...] = ()
    results: Mapping[str, Recorded] = Field(default_factory=dict)
    checks: Mapping[str, Recorded] = Field(default_factory=dict)
    counts: Mapping[TargetStatus, int] = Field(default_factory=dict)
    halt: Halt | None = None
    ended_at: datetime | None = None
    is_complete: bool = False

    @property
    def step_reports(self) -> tuple[StepReport, ...]:
        """How far each step is."""
        ended = Counter(
            each.step
            for each in self.results.values()
            if each.result.status is not TargetStatus.INTERRUPTED
        )
        failed = self._failed
        return tuple(
            StepReport(
                step=number,
                targets=step.planned.targets,
                ended=ended[number],
                failed=failed[number],
                max_failures=step.planned.max_failures,
                baked_until=None if step.is_over else step.baked_until,
                is_done=step.is_over
                and ended[number] == step.planned.targets
                and failed[number] <= step.planned.max_failures,
            )
            for number, step in enumerate(self.steps, start=1)
        )

    @property
    def _failed(self) -> Counter[int]:
        """How many targets of each step have failed, in it or when it was judged."""
        every = [*self.results.items(), *self.checks.items()]
        names = {(each.step, name) for name, each in every if each.result.is_counted}
        return Counter(step for step, _ in names)


class FleetHistory(Frozen):
    """All runs, oldest first. `targets` are how each target ended last, in any of them, by name.
    `quarantined` are the identities of content that no target may get, until somebody asks for
    another attempt. `ledger_ends` are the lines with which the targets' own ledgers ended when the
    fleet last recorded that, by name."""

    runs: tuple[FleetRun, ...] = ()
    targets: Mapping[str, Recorded] = Field(default_factory=dict)
    quarantined: frozenset[str] = frozenset()
    ledger_ends: Mapping[str, LedgerEnd] = Field(default_factory=dict)

    @property
    def last(self) -> FleetRun | None:
        """The last run; None if there is none."""
        return self.runs[-1] if self.runs else None

    def last_of(self, action: FleetAction) -> FleetRun | None:
        """The last run with this action; None if there is none."""
        return next((each for each in reversed(self.runs) if each.action is action), None)

    def looked_at(self, checks: Iterable[Recorded]) -> FleetHistory:
        """The same with these checks, each of a target that has not ended since."""
        targets = dict(self.targets)
        for each in checks:
            last = targets.get(each.result.name)
            if last is None or _ended_at(last) <= _ended_at(each):
                targets[each.result.name] = each
        return self.model_copy(update={"targets": targets})

    def unfinished(
        self, *, bundle: str, selection: str, steps: Iterable[tuple[str, ...]]
    ) -> FleetRun | None:
        """The last apply, if it has the same files and selection, the same targets in its steps,
        and is not complete: an apply goes on with it."""
        last = self.last_of(FleetAction.APPLY)
        if last is None or last.is_complete:
            return None
        before = (last.bundle, last.selection, *(each.planned.names for each in last.steps))
        return last if before == (bundle, selection, *steps) else None


def _ended_at(recorded: Recorded) -> datetime:
    return recorded.result.ended_at or datetime.min.replace(tzinfo=timezone.utc)
