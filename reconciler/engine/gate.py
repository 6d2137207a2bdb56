"""Measurements → a verdict.

One slot under judgement is a `Watch`: a value that takes each reading and becomes either another
Watch, which says when to measure next, or a Verdict.

    reading, with rate r, baseline b, minimum m         becomes
    ─────────────────────────────────────────────────   ─────────────────────────────────────
    not measured, or too few samples                    the Watch, due later; from the
                                                        deadline on: inconclusive
    b - r > max_drop                                    failed
    r < m, and not (b exists and b < m)                 failed
    r < m, and b < m                                    a pass: "still below the minimum"
    else                                                a pass
    a pass, the last of consecutive_passes              passed
    a pass, with more to come                           the Watch, due later

Bounds are inclusive, compared with a tolerance of 1e-9. An inconclusive verdict stands by
`when_inconclusive`, and never where there was a baseline: a slot that could be measured before
the change and cannot be after it has lost something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.errors import TenantError
from reconciler.model.gate import (
    GatePolicy,
    Measurement,
    NotMeasured,
    Reading,
    SlotGate,
    Verdict,
    VerdictResult,
)
from reconciler.ports import Clock, Observer, Tenant

TOLERANCE = 1e-9
"""Rates are quotients in binary floating point: 0.90 - 0.85 is not 0.05."""


@dataclass(frozen=True)
class Watch:
    """A slot under judgement. Times are those of Clock.monotonic, in seconds.

    `watched_only` marks a slot that was not changed itself: it fails by its drop alone.
    """

    policy: GatePolicy
    baseline: float | None
    due: float
    deadline: float
    watched_only: bool = False
    passes: int = 0

    @classmethod
    def begin(
        cls, policy: GatePolicy, *, baseline: float | None, at: float, watched_only: bool = False
    ) -> Watch:
        """Judge from `at`, when the change was stored. The deadline counts from the end of
        settling."""
        due = at + policy.settle_seconds
        return cls(
            policy=policy,
            baseline=baseline,
            due=due,
            deadline=due + policy.timeout_seconds,
            watched_only=watched_only,
        )

    def observe(self, reading: Reading, *, at: float) -> Watch | Verdict:
        """What becomes of this slot by one reading, taken at `at`."""
        if isinstance(reading, NotMeasured):
            return self._later(reading.reason, at=at)
        too_few = self._too_few_samples(reading)
        if too_few:
            return self._later(too_few, at=at)
        reason = self._failure(reading.success_rate)
        if reason:
            return self._verdict(VerdictResult.FAILED, reason, rate=reading.success_rate)
        passed = replace(self, passes=self.passes + 1)
        if passed.passes < self.policy.consecutive_passes:
            return passed._later(  # noqa: SLF001 - another Watch
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
                f"success rate fell from {baseline:.3f} to {rate:.3f}, "
                f"by more than max_drop {self.policy.max_drop:.3f}"
            )
        was_below = baseline is not None and baseline < minimum - TOLERANCE
        if rate < minimum - TOLERANCE and not was_below and not self.watched_only:
            return f"success rate {rate:.3f} is below min_success_rate {minimum:.3f}"
        return ""

    def _pass_reason(self, rate: float) -> str:
        if rate < self.policy.min_success_rate - TOLERANCE and not self.watched_only:
            return (
                f"success rate {rate:.3f} is still below the minimum "
                f"{self.policy.min_success_rate:.3f}, as it was before"
            )
        return f"success rate {rate:.3f}"

    def _later(self, reason: str, *, at: float) -> Watch | Verdict:
        if at >= self.deadline:
            return self._verdict(
                VerdictResult.INCONCLUSIVE,
                f"no verdict within {self.policy.timeout_seconds:g} s: {reason}",
                rate=None,
            )
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


def judge(
    watches: Mapping[str, Watch], *, tenant: Tenant, clock: Clock, observer: Observer
) -> dict[str, Verdict]:
    """Measure each slot whenever it is due until every one has its verdict.

    One loop over due times, for one connection is all that the tenant's rate allows.
    """
    waiting = dict(watches)
    verdicts: dict[str, Verdict] = {}
    while waiting:
        slot_id = min(waiting, key=lambda each: waiting[each].due)
        watch = waiting[slot_id]
        clock.sleep(max(0.0, watch.due - clock.monotonic()))
        reading = _reading(slot_id, watch=watch, tenant=tenant)
        result = watch.observe(reading, at=clock.monotonic())
        if isinstance(result, Verdict):
            del waiting[slot_id]
            verdicts[slot_id] = result
            observer.verdict_reached(slot_id, result)
        else:
            waiting[slot_id] = result
            reason = reading.reason if isinstance(reading, NotMeasured) else "measured once more"
            observer.waiting_for_metrics(slot_id, reason)
    return verdicts


def judge_together(
    slot_id: str,
    *,
    gate: SlotGate,
    baselines: Mapping[str, float],
    at: float,
    tenant: Tenant,
    clock: Clock,
    observer: Observer,
) -> Verdict:
    """The verdict on a changed slot, or on the first watched one that keeps it from standing.

    `at` is when the change was stored. A watched slot without a baseline is not asked.
    """
    watches = {slot_id: Watch.begin(gate.policy, baseline=baselines.get(slot_id), at=at)}
    for watched in gate.watch:
        if watched in baselines:
            watches[watched] = Watch.begin(
                gate.policy, baseline=baselines[watched], at=at, watched_only=True
            )
    verdicts = judge(watches, tenant=tenant, clock=clock, observer=observer)
    own = verdicts.pop(slot_id)
    suffering = next((each for each in verdicts if not verdicts[each].stands), None)
    if not own.stands or suffering is None:
        return own
    theirs = verdicts[suffering]
    reason = f"the watched slot {suffering}: {theirs.reason}"
    return own.model_copy(update={"result": theirs.result, "stands": False, "reason": reason})


def _reading(slot_id: str, *, watch: Watch, tenant: Tenant) -> Reading:
    try:
        return tenant.measure(slot_id, time_range=watch.policy.time_range)
    except TenantError as error:
        # Whatever keeps us from measuring now may pass before the deadline, which ends it.
        return NotMeasured(reason=error.message)
