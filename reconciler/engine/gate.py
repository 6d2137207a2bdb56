"""Measurements → a verdict, without any waiting or requests.

One slot under judgement is an `Evaluation`: a value that takes each reading and becomes either
another Evaluation, which says when to measure next, or a Verdict.

    reading, with rate r, baseline b, minimum m         becomes
    ─────────────────────────────────────────────────   ─────────────────────────────────────
    not measured, or too few samples                    the Evaluation, due later; from the
                                                        deadline on: inconclusive
    b - r > max_drop                                    failed
    r < m, and not (b exists and b < m)                 failed
    r < m, and b < m                                    a pass: "still below the minimum"; but of a
                                                        creation only if r > b, else failed
    else                                                a pass
    a pass, the last of consecutive_passes              passed
    a pass, with more to come                           the Evaluation, due later

Bounds are inclusive, compared with a tolerance of 1e-9. An inconclusive verdict stands by
`when_inconclusive`, but never if there was a baseline: a slot that could be measured before the
change and not after it has lost something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reconciler.model.gate import (
    FailedAssert,
    GatePolicy,
    Measurement,
    Metric,
    NotMeasured,
    Reading,
    Verdict,
    VerdictResult,
)

TOLERANCE = 1e-9
"""Rates are quotients in binary floating point: 0.90 - 0.85 is not 0.05."""


MOST_NAMED = 3
"""How many failed asserts a reason names; the verdict has them all."""


@dataclass(frozen=True)
class Evaluation:
    """A slot under judgement. Times are readings of Clock.monotonic, in seconds.

    `measured_by` is the metric, if it is not that of the policy. `watched_only` marks a slot that
    is not live as changed: it fails by its drop alone.
    """

    slot_id: str
    policy: GatePolicy
    baseline: float | None
    due: float
    deadline: float
    watched_only: bool = False
    passes: int = 0
    measured_by: Metric | None = None
    is_creation: bool = False

    @cached_property
    def metric(self) -> Metric:
        """The metric that judges it."""
        return self.measured_by or self.policy.metric_of(self.slot_id)

    @classmethod
    def begin(
        cls,
        slot_id: str,
        *,
        policy: GatePolicy,
        baseline: float | None,
        at: float,
        watched_only: bool = False,
        measured_by: Metric | None = None,
        is_creation: bool = False,
    ) -> Evaluation:
        """Judge from `at`, when the change was stored. The deadline counts from the end of
        settling."""
        due = at + policy.settle_seconds
        return cls(
            slot_id=slot_id,
            policy=policy,
            baseline=baseline,
            due=due,
            deadline=due + policy.timeout_seconds,
            watched_only=watched_only,
            measured_by=measured_by,
            is_creation=is_creation,
        )

    @property
    def min_success_rate(self) -> float | None:
        """The minimum rate; None if only the drop counts."""
        return None if self.watched_only else self.policy.min_success_rate

    def observe(self, reading: Reading, *, at: float) -> Evaluation | Verdict:
        """The state after one reading, taken at `at`."""
        if isinstance(reading, NotMeasured):
            return self._later(reading.reason, at=at, measured=False)
        too_few = self._too_few_samples(reading)
        if too_few:
            return self._later(too_few, at=at, measured=reading.sample_count != 0)
        reason = self._failure(reading.success_rate)
        if reason:
            failed = self._verdict(
                VerdictResult.FAILED,
                "; ".join((reason, *_named(reading.failed_asserts))),
                rate=reading.success_rate,
            )
            return failed.model_copy(update={"failed_asserts": reading.failed_asserts})
        passed = replace(self, passes=self.passes + 1)
        if passed.passes < self.policy.consecutive_passes:
            return passed._later(  # noqa: SLF001 - another Evaluation
                f"{passed.passes} of {self.policy.consecutive_passes} passes", at=at
            )
        return self._verdict(
            VerdictResult.PASSED,
            self._pass_reason(reading.success_rate),
            rate=reading.success_rate,
        )

    def _too_few_samples(self, reading: Measurement) -> str:
        count, needed = reading.sample_count, self.policy.min_samples
        if count == 0:
            return "no samples yet"
        if needed and count is None:
            return f"the tenant sends no sampleCount, and min_samples is {needed}"
        if count is not None and count < needed:
            return f"{count} samples, fewer than min_samples {needed}"
        return ""

    def _failure(self, rate: float) -> str:
        minimum, baseline = self.policy.min_success_rate, self.baseline
        if baseline is not None and baseline - rate > self.policy.max_drop + TOLERANCE:
            return (
                f"{self.policy.rate_name} fell from {baseline:.3f} to {rate:.3f}, "
                f"by more than max_drop {self.policy.max_drop:.3f}"
            )
        was_below = baseline is not None and baseline < minimum - TOLERANCE
        if self.is_creation and baseline is not None:
            was_below = was_below and rate > baseline + TOLERANCE
        if rate < minimum - TOLERANCE and not was_below and not self.watched_only:
            return (
                f"{self.policy.rate_name} {rate:.3f} is below "
                f"{self.policy.minimum_name} {minimum:.3f}"
            )
        return ""

    def _pass_reason(self, rate: float) -> str:
        if rate < self.policy.min_success_rate - TOLERANCE and not self.watched_only:
            return (
                f"{self.policy.rate_name} {rate:.3f} is still below the minimum "
                f"{self.policy.min_success_rate:.3f}, as it was before"
            )
        return f"{self.policy.rate_name} {rate:.3f}"

    def _later(self, reason: str, *, at: float, measured: bool = True) -> Evaluation | Verdict:
        if at >= self.deadline:
            waited = self.policy.timeout_seconds
            inconclusive = self._verdict(
                VerdictResult.INCONCLUSIVE,
                f"no verdict within {waited:g} s: {reason}" if waited else reason,
                rate=None,
            )
            return inconclusive.model_copy(update={"measured": measured})
        due = min(at + self.policy.poll_interval_seconds, self.deadline)
        return replace(self, due=due)

    def _verdict(self, result: VerdictResult, reason: str, *, rate: float | None) -> Verdict:
        stands = result is VerdictResult.PASSED or (
            result is VerdictResult.INCONCLUSIVE
            and self.baseline is None
            and self.policy.when_inconclusive == "pass"
        )
        return Verdict(
            result=result,
            stands=stands,
            reason=reason,
            success_rate=rate,
            baseline=self.baseline,
        )


def _named(failed: Sequence[FailedAssert]) -> Iterator[str]:
    """The first of the failed asserts, and how many more there are."""
    yield from map(str, failed[:MOST_NAMED])
    if len(failed) > MOST_NAMED:
        yield f"and {len(failed) - MOST_NAMED} more failed asserts"
