"""Waiting for verdicts: the metric of every slot under judgement is measured whenever it is due,
and each wait and reading is an event."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from reconciler.engine.gate import Evaluation
from reconciler.errors import TenantError
from reconciler.model.event import EvaluationBegun, Measured, VerdictReached, WaitingForMetrics
from reconciler.model.gate import Metric, NotMeasured, Reading, SlotGate, Verdict
from reconciler.ports import Clock, Observer, Tenant

Key = TypeVar("Key", bound=Hashable)


class Measuring(Protocol):
    """The part of `ports.Tenant` that a judgement needs."""

    def await_turn(self) -> None:
        """Wait until the rate limit lets a request be sent at once."""
        ...

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        """The current rate of a metric. Raises TenantError."""
        ...


LAST_MEASUREMENT_SECONDS = 10.0
"""How long a measurement may take that begins at or just before its gate's deadline."""


def judge(
    evaluations: Mapping[Key, Evaluation],
    *,
    tenant: Measuring,
    clock: Clock,
    observer: Observer,
    patience: float = LAST_MEASUREMENT_SECONDS,
) -> Iterator[tuple[Key, Verdict]]:
    """Measure each slot when it is due, until all have a verdict; yields each verdict when reached.

    One measurement serves all the slots that its metric judges and that are due. It must end at
    most `patience` after the first of their deadlines, whatever the network does.
    One loop over due times is enough, because the tenant's rate allows no more than one connection.
    """
    waiting = dict(evaluations)
    for evaluation in waiting.values():
        observer.notice(_begun(evaluation, now=clock.monotonic()))
    while waiting:
        first = min(waiting.values(), key=lambda each: each.due)
        clock.sleep(max(0.0, first.due - clock.monotonic()))
        tenant.await_turn()
        now = clock.monotonic()
        due = {
            key: each
            for key, each in waiting.items()
            if each.metric == first.metric and each.due <= now
        }
        until = max(min(each.deadline for each in due.values()), now + patience)
        reading = _reading(first.metric, tenant=tenant, until=until)
        now = clock.monotonic()
        for key, evaluation in due.items():
            observer.notice(_measured(evaluation, reading))
            result = evaluation.observe(reading, at=now)
            if isinstance(result, Verdict):
                del waiting[key]
                yield key, result
            else:
                waiting[key] = result
                observer.notice(_waiting(result, reading, now=now))


def _begun(evaluation: Evaluation, *, now: float) -> EvaluationBegun:
    return EvaluationBegun(
        slot_id=evaluation.slot_id,
        baseline=evaluation.baseline,
        min_success_rate=evaluation.min_success_rate,
        seconds=max(0.0, evaluation.due - now),
        until=evaluation.due,
        deadline=evaluation.deadline,
    )


def _measured(evaluation: Evaluation, reading: Reading) -> Measured:
    return Measured(
        slot_id=evaluation.slot_id,
        reading=reading,
        baseline=evaluation.baseline,
        min_success_rate=evaluation.min_success_rate,
    )


def _waiting(evaluation: Evaluation, reading: Reading, *, now: float) -> WaitingForMetrics:
    return WaitingForMetrics(
        slot_id=evaluation.slot_id,
        reason=reading.reason if isinstance(reading, NotMeasured) else "measured again",
        seconds=max(0.0, evaluation.due - now),
        until=evaluation.due,
        deadline=evaluation.deadline,
    )


@dataclass(frozen=True)
class Trial:
    """How one change is judged: by its slot's gate, and the rates before it.

    With `watched_only` the slot is judged by its drop alone, because the change is no longer live.
    """

    slot_id: str
    gate: SlotGate
    baselines: Mapping[str, float]
    watched_only: bool = False
    is_creation: bool = False

    def evaluations(self, *, at: float) -> dict[str, Evaluation]:
        """Its own slot and the watched ones that have a baseline, judged from `at` on."""
        own = Evaluation.begin(
            self.slot_id,
            policy=self.gate.policy,
            baseline=self.baselines.get(self.slot_id),
            at=at,
            watched_only=self.watched_only,
            is_creation=self.is_creation,
        )
        if self.watched_only:
            return {self.slot_id: own}
        return {self.slot_id: own} | {
            each: Evaluation.begin(
                each,
                policy=self.gate.policy,
                baseline=self.baselines[each],
                at=at,
                watched_only=True,
            )
            for each in self.gate.watch
            if each in self.baselines
        }


def judge_together(
    trials: Iterable[Trial], *, at: float, tenant: Tenant, clock: Clock, observer: Observer
) -> dict[str, Verdict]:
    """The verdict on each changed slot: its own, or that of the first watched slot that fails.

    `at` is the time at which the bot was last trained on them.
    """
    trials = tuple(trials)
    evaluations = {
        (trial.slot_id, slot_id): evaluation
        for trial in trials
        for slot_id, evaluation in trial.evaluations(at=at).items()
    }
    verdicts = {}
    for (changed, slot_id), verdict in judge(
        evaluations, tenant=tenant, clock=clock, observer=observer
    ):
        verdicts[changed, slot_id] = verdict
        observer.notice(VerdictReached(slot_id=slot_id, verdict=verdict))
    return {trial.slot_id: _joined(trial, verdicts) for trial in trials}


def _joined(trial: Trial, verdicts: Mapping[tuple[str, str], Verdict]) -> Verdict:
    own = verdicts[trial.slot_id, trial.slot_id]
    for watched in trial.gate.watch if own.stands else ():
        theirs = verdicts.get((trial.slot_id, watched))
        if theirs is not None and not theirs.stands:
            reason = f"the watched slot {watched}: {theirs.reason}"
            return own.model_copy(
                update={"result": theirs.result, "stands": False, "reason": reason}
            )
    return own


def _reading(metric: Metric, *, tenant: Measuring, until: float) -> Reading:
    try:
        return tenant.measure(metric, until=until)
    except TenantError as error:
        # The cause may pass before the deadline, which ends the waiting.
        return NotMeasured(reason=error.message)
