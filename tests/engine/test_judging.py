"""Waiting for verdicts, under a virtual clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from reconciler.engine.gate import Evaluation
from reconciler.engine.judging import Trial, judge, judge_together
from reconciler.errors import UnavailableError
from reconciler.model.event import (
    EvaluationBegun,
    Event,
    Measured,
    VerdictReached,
    WaitingForMetrics,
)
from reconciler.model.gate import (
    GatePolicy,
    Measurement,
    Metric,
    NotMeasured,
    Reading,
    SlotGate,
    SlotMetric,
    Verdict,
    VerdictResult,
)
from reconciler.ports import SILENT, Observer
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder

POLICY = GatePolicy(settle_seconds=15, poll_interval_seconds=5, timeout_seconds=60)
SLOT = Evaluation.begin("slot", policy=POLICY, baseline=None, at=0.0)
MISSING = NotMeasured(reason="no metrics yet (404)")


class Metrics:
    """A tenant with metrics only, which returns each slot's readings in turn."""

    def __init__(self, clock: VirtualClock, **readings: list[Reading | Exception]) -> None:
        self.clock = clock
        self._readings = readings
        self.asked: list[tuple[float, str]] = []
        self.until: list[float] = []

    def await_turn(self) -> None:
        """There is no rate limit."""

    def measure(self, metric: Metric, *, until: float) -> Reading:
        assert isinstance(metric, SlotMetric)
        self.asked.append((self.clock.monotonic(), metric.subject))
        self.until.append(until)
        reading = self._readings[metric.subject].pop(0)
        if isinstance(reading, Exception):
            raise reading
        return reading


def judged(
    evaluations: Mapping[str, Evaluation], metrics: Metrics, *, observer: Observer = SILENT
) -> dict[str, Verdict]:
    return dict(
        judge(
            evaluations,
            tenant=metrics,  # type: ignore[arg-type]  # only its metrics are asked
            clock=metrics.clock,
            observer=observer,
        )
    )


def test_many_gates_wait_in_one_loop_over_their_due_times() -> None:
    clock = VirtualClock()
    metrics = Metrics(
        clock,
        early=[MISSING, Measurement(success_rate=0.9)],
        late=[Measurement(success_rate=0.2)],
    )
    early = Evaluation.begin("early", policy=POLICY, baseline=None, at=0.0)
    late = replace(early, slot_id="late", due=18.0)
    verdicts = judged({"late": late, "early": early}, metrics)
    assert {slot: verdict.result.value for slot, verdict in verdicts.items()} == {
        "early": "passed",
        "late": "failed",
    }
    assert metrics.asked == [(15.0, "early"), (18.0, "late"), (20.0, "early")]


def test_a_measurement_that_fails_is_repeated_and_never_counts_as_a_pass() -> None:
    clock = VirtualClock()
    broken = UnavailableError("the tenant answered 503.")
    metrics = Metrics(clock, slot=[broken] * 20)
    verdict = judged({"slot": SLOT}, metrics)["slot"]
    assert verdict.result is VerdictResult.INCONCLUSIVE
    assert "answered 503" in verdict.reason
    assert clock.monotonic() == 75.0


def test_a_measurement_must_end_shortly_after_the_deadline_of_its_gate() -> None:
    clock = VirtualClock()
    metrics = Metrics(clock, slot=[MISSING] * 13)
    judged({"slot": SLOT}, metrics)
    assert metrics.until == [75.0] * 11 + [80.0, 85.0]
    assert metrics.asked[-2:] == [(70.0, "slot"), (75.0, "slot")]


def test_each_wait_and_reading_is_announced_with_its_minimum_and_baseline() -> None:
    clock, recorder = VirtualClock(), Recorder()
    few = Measurement(success_rate=0.9, sample_count=1)
    many = Measurement(success_rate=0.95, sample_count=9)
    metrics = Metrics(clock, slot=[MISSING, few, many])
    policy = POLICY.model_copy(update={"min_samples": 2})
    evaluation = Evaluation.begin("slot", policy=policy, baseline=0.93, at=0.0)
    clock.advance(2.0)
    judged({"slot": evaluation}, metrics, observer=recorder)
    held_to: dict[str, Any] = {"slot_id": "slot", "baseline": 0.93, "min_success_rate": 0.85}
    later: dict[str, Any] = {"slot_id": "slot", "seconds": 5.0, "deadline": 75.0}
    assert recorder.heard == [
        EvaluationBegun(**held_to, seconds=13.0, until=15.0, deadline=75.0),
        Measured(**held_to, reading=MISSING),
        WaitingForMetrics(**later, until=20.0, reason="no metrics yet (404)"),
        Measured(**held_to, reading=few),
        WaitingForMetrics(**later, until=25.0, reason="measured again"),
        Measured(**held_to, reading=many),
    ]


def test_a_wait_ends_at_the_deadline() -> None:
    recorder = Recorder()
    metrics = Metrics(VirtualClock(), slot=[MISSING] * 3)
    policy = POLICY.model_copy(update={"timeout_seconds": 7})
    evaluation = Evaluation.begin("slot", policy=policy, baseline=None, at=0.0)
    judged({"slot": evaluation}, metrics, observer=recorder)
    waits = [(each.seconds, each.until) for each in recorder.of(WaitingForMetrics)]
    assert waits == [(5.0, 20.0), (2.0, 22.0)]


def test_a_slot_that_is_judged_by_its_drop_has_no_minimum() -> None:
    recorder = Recorder()
    metrics = Metrics(VirtualClock(), slot=[Measurement(success_rate=0.1)])
    judged({"slot": replace(SLOT, watched_only=True)}, metrics, observer=recorder)
    (begun,), (measured,) = recorder.of(EvaluationBegun), recorder.of(Measured)
    assert begun.min_success_rate is measured.min_success_rate is None


def test_each_verdict_is_announced_as_it_is_reached() -> None:
    clock, recorder = VirtualClock(), Recorder()
    metrics = Metrics(
        clock, fast=[Measurement(success_rate=0.9)], slow=[Measurement(success_rate=0.2)]
    )
    slow = POLICY.model_copy(update={"settle_seconds": 60})
    reached: dict[str, float] = {}

    def keep_time(event: Event) -> None:
        if isinstance(event, VerdictReached):
            reached[event.slot_id] = clock.monotonic()

    recorder.disturbed_by = keep_time
    judge_together(
        [
            Trial("slow", gate=SlotGate(policy=slow), baselines={}),
            Trial("fast", gate=SlotGate(policy=POLICY), baselines={}),
        ],
        at=0.0,
        tenant=metrics,  # type: ignore[arg-type]  # only its metrics are asked
        clock=clock,
        observer=recorder,
    )
    assert reached == {"fast": 15.0, "slow": 60.0}
    told = {each.slot_id: each.verdict.result.value for each in recorder.of(VerdictReached)}
    assert told == {"fast": "passed", "slow": "failed"}


def test_a_metric_is_measured_once_for_all_slots_that_it_judges() -> None:
    class Suite(GatePolicy):
        def metric_of(self, slot_id: str) -> Metric:
            return SlotMetric(subject="suite", time_range=self.time_range)

    strict = Suite(settle_seconds=15, min_success_rate=0.9)
    lenient = Suite(settle_seconds=10, min_success_rate=0.5, consecutive_passes=2)
    clock = VirtualClock()
    metrics = Metrics(clock, suite=[Measurement(success_rate=0.8)] * 2)
    verdicts = judged(
        {
            "a": Evaluation.begin("a", policy=strict, baseline=None, at=0.0),
            "b": Evaluation.begin("b", policy=lenient, baseline=None, at=0.0),
        },
        metrics,
    )
    assert metrics.asked == [(10.0, "suite"), (15.0, "suite")]
    assert {key: each.result.value for key, each in verdicts.items()} == {
        "a": "failed",
        "b": "passed",
    }


def test_a_measurement_that_is_due_is_made_without_waiting() -> None:
    clock, recorder = VirtualClock(), Recorder()
    clock.advance(40.0)
    judged({"slot": SLOT}, Metrics(clock, slot=[Measurement(success_rate=0.9)]), observer=recorder)
    (begun,) = recorder.of(EvaluationBegun)
    assert (begun.seconds, begun.until) == (0.0, 15.0)
    assert clock.monotonic() == 40.0


def test_the_next_measurement_is_announced_as_soon_as_it_is_due() -> None:
    clock, recorder = VirtualClock(), Recorder()
    hasty = POLICY.model_copy(update={"poll_interval_seconds": 0.25})
    metrics = Metrics(clock, slot=[MISSING, Measurement(success_rate=0.9)])
    begun = Evaluation.begin("slot", policy=hasty, baseline=None, at=0.0)
    judged({"slot": begun}, metrics, observer=recorder)
    (waiting,) = recorder.of(WaitingForMetrics)
    assert (waiting.seconds, waiting.until) == (0.25, 15.25)
