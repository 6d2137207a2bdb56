"""Concluding stored changes: they are trained and judged, and rolled back if they must be.

    trained together, once
            │
    judged, each by its own gate ── all stand ──> they stand
            │ some do not
    these are rolled back, and trained
            │
    the rest judged again, and what was rolled back by its drop ── all stand ──> they stand
            │ some do not
    all of the rest is rolled back

Where one suite judges several changes, and its failed asserts name the results of some of them,
only those are rolled back at first.

The slot that suffers need not be the one at fault, hence the second judgement. A change that then
fails its own gate is rejected, and the others are rolled back with it. If none fails, but a slot
that was rolled back still suffers, the fault lies with what is left, and all of that is rejected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from reconciler.engine.attempt import Attempt
from reconciler.engine.judging import Trial, judge_together
from reconciler.engine.rollback import await_metrics, roll_back
from reconciler.engine.training import trained_together
from reconciler.errors import (
    ForeignEditError,
    RequestRejectedError,
    RetrainingFailedError,
    TenantError,
)
from reconciler.model.change import Action
from reconciler.model.gate import Metric, Verdict, VerdictResult
from reconciler.model.listed import listed
from reconciler.ports import Ports


class Conclusion:
    """Stored changes, none of which depends on another. Every method may raise LedgerError.

    `back` are changes of the same wave that are already rolled back.
    """

    def __init__(
        self,
        stored: Iterable[Attempt],
        *,
        back: Iterable[Attempt],
        ports: Ports,
        max_attempts: int,
    ) -> None:
        stored = list(stored)
        self._live = [each for each in stored if each.change.action is not Action.DELETE]
        self._deleted = [each for each in stored if each.change.action is Action.DELETE]
        self._back = list(back)
        self._ports = ports
        self._max_attempts = max_attempts

    def train(self) -> None:
        """Train once for all of them, or for those that are trained together, if any needs it.

        Changes that cannot be trained are rolled back. If it is not known whether they are trained,
        they are left open.
        """
        due = [each for each in (*self._live, *self._deleted) if each.wants_training]
        for together in trained_together(due, lambda attempt: attempt.made):
            self._train(together)

    def _train(self, together: Sequence[Attempt]) -> None:
        """Train on what these changed, through the last of them that is still as we left it."""
        for attempt in reversed(together):
            try:
                attempt.train()
                return
            except ForeignEditError as error:
                attempt.fail(error.message)
                self._forget([attempt])
            except (RetrainingFailedError, RequestRejectedError) as error:
                self._reject_untrainable(together, error.message)
                return
            except TenantError as error:
                for each in together:
                    each.leave_open(f"{error.message} The ledger holds it as open.")
                self._forget(together)
                return

    def _reject_untrainable(self, together: Sequence[Attempt], reason: str) -> None:
        """Roll these back, because any of them may be why. A deletion has no content to reject."""
        deleted = [attempt for attempt in together if attempt in self._deleted]
        for attempt in deleted:
            kind = attempt.policy.endpoint.kind
            attempt.fail(f"it is deleted, but the {kind} cannot be trained: {reason}")
        self._forget(deleted)
        live = [attempt for attempt in together if attempt in self._live]
        self._reject(live, reason)
        self.roll_back(live)

    def _forget(self, ended: Sequence[Attempt]) -> None:
        self._live = [attempt for attempt in self._live if attempt not in ended]
        self._deleted = [attempt for attempt in self._deleted if attempt not in ended]

    def reject_untrainable(self, reason: str) -> None:
        """Roll everything back, because any of it may keep the bot from being trained."""
        self._reject_untrainable(self._live, reason)

    def finish(self) -> None:
        """Judge what is live until what is left stands, and confirm the deletions."""
        self._judge()
        for attempt in self._deleted:
            attempt.confirm_deletion()

    def _judge(self) -> None:
        while self._live:
            verdicts = self._verdicts()
            failing = _accused([each for each in self._live if _falls(each, verdicts)], verdicts)
            suffering = [each for each in self._back if _falls(each, verdicts)]
            for attempt in failing:
                attempt.reject(verdicts[attempt.slot_id])
            if not self._back and any(attempt.outcome is None for attempt in failing):
                self.roll_back(failing)
            elif self._back and (failing or suffering):
                self._condemn_the_rest(failing, suffering, verdicts)
            else:
                self._stand(verdicts)

    def roll_back(self, attempts: Sequence[Attempt]) -> None:
        """Roll these back, except those that `on_failure: halt` has closed."""
        self._live = [attempt for attempt in self._live if attempt not in attempts]
        due = [attempt for attempt in attempts if attempt.outcome is None]
        for attempt in due:
            attempt.begin_rollback()
        errors = roll_back(
            [attempt.made for attempt in due],
            ports=self._ports,
            max_attempts=self._max_attempts,
        )
        back = [attempt for attempt in due if attempt.slot_id not in errors]
        silent = await_metrics(
            {
                attempt.slot_id: attempt.gate.policy
                for attempt in back
                if attempt.gate is not None and attempt.baseline is not None
            },
            ports=self._ports,
        )
        for attempt in due:
            if attempt.slot_id in errors:
                attempt.rollback_failed(errors[attempt.slot_id])
            else:
                attempt.rolled_back(silent.get(attempt.slot_id))
        self._back.extend(back)

    def _verdicts(self) -> Mapping[str, Verdict]:
        """The verdicts: on live slots by their own gates, on rolled-back ones by their drop."""
        live = [
            Trial(
                attempt.slot_id,
                gate=attempt.gate,
                baselines=attempt.baselines,
                is_creation=attempt.change.action is Action.CREATE,
            )
            for attempt in self._live
            if attempt.gate is not None
        ]
        back = [
            Trial(
                attempt.slot_id, gate=attempt.gate, baselines=attempt.baselines, watched_only=True
            )
            for attempt in self._back
            if attempt.gate is not None and attempt.baseline is not None
        ]
        return judge_together(
            (*live, *back),
            at=self._ports.clock.monotonic(),
            tenant=self._ports.tenant,
            clock=self._ports.clock,
            observer=self._ports.observer,
        )

    def _condemn_the_rest(
        self,
        failing: Sequence[Attempt],
        suffering: Sequence[Attempt],
        verdicts: Mapping[str, Verdict],
    ) -> None:
        if failing:
            names = listed(attempt.slot_id for attempt in failing)
            for attempt in self._live:
                if attempt not in failing:
                    attempt.go_with(names, measured=verdicts.get(attempt.slot_id))
        else:
            victim = suffering[0].slot_id
            self._reject(
                self._live,
                f"{victim} was rolled back and still suffers: {verdicts[victim].reason}; the fault "
                f"lies with {listed(attempt.slot_id for attempt in self._live)}",
            )
        self.roll_back(self._live)

    @staticmethod
    def _reject(attempts: Iterable[Attempt], reason: str) -> None:
        for attempt in attempts:
            attempt.reject(
                Verdict(
                    result=VerdictResult.FAILED,
                    stands=False,
                    reason=reason,
                    baseline=attempt.baseline,
                )
            )

    def _stand(self, verdicts: Mapping[str, Verdict]) -> None:
        for attempt in self._live:
            if attempt.outcome is None:
                attempt.stand(verdicts.get(attempt.slot_id))
        self._live.clear()


def _accused(failing: Sequence[Attempt], verdicts: Mapping[str, Verdict]) -> list[Attempt]:
    """Of the changes that one suite fails, those whose results its failed asserts name: these are
    rolled back first, and the suite runs again. All of them, if it names none, or none is to be
    rolled back."""
    by_metric: dict[Metric, list[Attempt]] = defaultdict(list)
    for attempt in failing:
        if attempt.gate is not None:
            by_metric[attempt.gate.policy.metric_of(attempt.slot_id)].append(attempt)
    accused: list[Attempt] = []
    for together in by_metric.values():
        named = [each for each in together if _is_named(each, verdicts[each.slot_id])]
        accused.extend(named if any(each.rolls_back for each in named) else together)
    return accused


def _is_named(attempt: Attempt, verdict: Verdict) -> bool:
    names = attempt.live.result_names if attempt.live else frozenset()
    return any(names.intersection(each.keys) for each in verdict.failed_asserts)


def _falls(attempt: Attempt, verdicts: Mapping[str, Verdict]) -> bool:
    verdict = verdicts.get(attempt.slot_id)
    return verdict is not None and not verdict.stands
