"""What a rollout does next, from how its targets ended and what time it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from reconciler.model.fleet import FleetRollout, Target
from reconciler.model.fleet_history import FleetRun
from reconciler.model.fleet_run import (
    KEPT,
    FleetAction,
    Halt,
    StepReport,
    TargetResult,
    TargetStatus,
)
from reconciler.planning.rollout.admission import Admission
from reconciler.planning.rollout.decision import Begin, Decision, Done, Halted, Wait
from reconciler.planning.rollout.progress import Progress
from reconciler.planning.rollout.stages import Stage, steps_of


class Rollout:
    """The state of one rollout: step after step, each with its targets, its bake and its verdict.

        begin targets ──all ended──▶ bake ──time is over──▶ check what was changed ──▶ next step
              │                                                      │
              └────────── more failed than may ──▶ halted ◀──────────┘

    The caller asks `next` what to do, does it, and reports each result by `ended`. Nothing of a
    step begins before the step before it is done. After a halt nothing begins, and what is in hand
    goes on to its end.
    """

    def __init__(
        self,
        settings: FleetRollout,
        *,
        targets: Iterable[Target],
        stages: Sequence[Stage],
        past: FleetRun | None = None,
    ) -> None:
        """`stages` are those of `arranged` for these settings and targets.

        `past` is the run of the same content that this one continues. What ended there in sync or
        verified is not begun again, and its bake goes on counting; what failed, or waited for
        another environment, is begun again, and a check that failed is repeated.
        """
        self.stages = tuple(stages)
        self.step_of: Mapping[str, int] = steps_of(stages)
        self.halted: Halt | None = None
        self._progress = [Progress(stage) for stage in stages]
        self._of = {name: each for each in self._progress for name in each.stage.names}
        if past is not None:
            self._continue(past)
        by_name = {each.name: each for each in targets}
        self._admission = Admission(by_name, per=settings.max_parallel_per)
        self._current = 0
        self._offered: tuple[int, FleetAction] | None = None

    @property
    def in_hand(self) -> AbstractSet[str]:
        """The targets that have begun, or are about to, and have not ended: a view, which changes
        with them."""
        return self._admission.in_hand

    @property
    def not_begun(self) -> tuple[str, ...]:
        """The targets that have neither ended nor are in hand, in their order; those that were
        interrupted are among them."""
        in_hand = self._admission.in_hand
        left = (name for each in self._progress for name in each.not_ended)
        return tuple(name for name in left if name not in in_hand)

    @property
    def steps(self) -> tuple[StepReport, ...]:
        """How far each step is."""
        return tuple(each.report for each in self._progress)

    def next(self, now: datetime) -> Decision:
        """What to do now. The targets of a Begin are in hand from then on: a caller that cannot
        begin one reports it as `withdrawn`."""
        if self.halted is not None:
            return Wait() if self._admission.in_hand else Halted(self.halted)
        while self._current < len(self._progress) and self._progress[self._current].is_done:
            self._current += 1
        if self._current == len(self._progress):
            return Done()
        return self._next_of(self._progress[self._current], now)

    def ended(self, result: TargetResult, *, at: datetime) -> bool:
        """A target that was in hand has ended, the check of one as well as the apply. False, and
        nothing happens, if that was not in hand: the result has been delivered before."""
        name, status, progress = result.name, result.status, self._of.get(result.name)
        if progress is None or name not in self._admission.in_hand:
            return False
        if (result.action is FleetAction.CHECK) is not (name in progress.ended):
            return False
        if status is TargetStatus.NOT_BEGUN:
            self._admission.put_back(name)
            return True
        self._admission.end(name)
        if name in progress.ended:
            progress.judge(name, status)
        else:
            progress.end(name, status, at=at, changed_at=result.changed_at)
        if progress.has_tripped and self.halted is None:
            self.halted = _tripped(progress)
        return True

    def withdrawn(self, name: str) -> None:
        """A target in hand has not begun after all, and nobody works on it."""
        if name in self._admission.in_hand:
            self._admission.put_back(name)

    def halt(self, reason: str) -> None:
        """Begin nothing new, unless everything is done. The first reason to halt is kept."""
        step = next((each.stage.number for each in self._progress if not each.is_done), None)
        if self.halted is None and step is not None:
            self.halted = Halt(step=step, reason=reason)

    def _next_of(self, progress: Progress, now: datetime) -> Decision:
        action = FleetAction.CHECK if progress.has_ended else FleetAction.APPLY
        baked_until = progress.baked_until
        if baked_until is not None and now < baked_until and not self._admission.in_hand:
            return Wait(baked_until)
        if self._offered != (progress.stage.number, action):
            self._offered = (progress.stage.number, action)
            self._admission.offer(progress.to_check if progress.has_ended else progress.not_ended)
        free = progress.stage.max_parallel - len(self._admission.in_hand)
        names = self._admission.take(free)
        return Begin(names, action) if names else Wait()

    def _continue(self, past: FleetRun) -> None:
        for name, progress in self._of.items():
            applied, checked = past.results.get(name), past.checks.get(name)
            if applied is not None and applied.result.status in KEPT:
                result = applied.result
                at = result.ended_at or past.started_at
                progress.end(name, result.status, at=at, changed_at=result.changed_at)
                if checked is not None and not checked.result.has_failed:
                    progress.judge(name, checked.result.status)


def _tripped(progress: Progress) -> Halt:
    return Halt(
        step=progress.stage.number,
        reason=f"{len(progress.failed)} failed, {progress.stage.max_failures} allowed",
        targets=tuple(progress.failed),
    )
