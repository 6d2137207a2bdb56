"""Waiting for verdicts, under a virtual clock."""

from __future__ import annotations

from dataclasses import replace

from reconciler.engine.gate import Evaluation
from reconciler.engine.judging import judge
from reconciler.errors import UnavailableError
from reconciler.model.gate import GatePolicy, Measurement, NotMeasured, Reading, VerdictResult
from reconciler.ports import SILENT
from tests.support.clock import VirtualClock

POLICY = GatePolicy(settle_seconds=15, poll_interval_seconds=5, timeout_seconds=60)
MISSING = NotMeasured(reason="no metrics yet (404)")


class Metrics:
    """A tenant of which only the metrics are asked; each slot's readings in turn."""

    def __init__(self, clock: VirtualClock, **readings: list[Reading | Exception]) -> None:
        self._clock = clock
        self._readings = readings
        self.asked: list[tuple[float, str]] = []
        self.until: list[float] = []

    def await_turn(self) -> None:
        """There is always room."""

    def measure(self, slot_id: str, *, time_range: str, until: float) -> Reading:
        self.asked.append((self._clock.monotonic(), slot_id))
        self.until.append(until)
        reading = self._readings[slot_id].pop(0)
        if isinstance(reading, Exception):
            raise reading
        return reading


def test_many_gates_are_waited_for_in_one_loop_over_their_due_times() -> None:
    clock = VirtualClock()
    metrics = Metrics(
        clock,
        early=[MISSING, Measurement(success_rate=0.9)],
        late=[Measurement(success_rate=0.2)],
    )
    early = Evaluation.begin("early", policy=POLICY, baseline=None, at=0.0)
    late = replace(early, slot_id="late", due=18.0)
    verdicts = judge(
        {"late": late, "early": early},
        tenant=metrics,  # type: ignore[arg-type]  # only its metrics are asked
        clock=clock,
        observer=SILENT,
    )
    assert {slot: verdict.result.value for slot, verdict in verdicts.items()} == {
        "early": "passed",
        "late": "failed",
    }
    assert metrics.asked == [(15.0, "early"), (18.0, "late"), (20.0, "early")]


def test_a_failing_measurement_is_repeated_and_never_a_pass() -> None:
    clock = VirtualClock()
    broken = UnavailableError("the tenant answered 503.")
    metrics = Metrics(clock, slot=[broken] * 20)
    verdict = judge(
        {"slot": Evaluation.begin("slot", policy=POLICY, baseline=None, at=0.0)},
        tenant=metrics,  # type: ignore[arg-type]  # only its metrics are asked
        clock=clock,
        observer=SILENT,
    )["slot"]
    assert verdict.result is VerdictResult.INCONCLUSIVE
    assert "answered 503" in verdict.reason
    assert clock.monotonic() == 75.0


def test_no_measurement_may_last_beyond_its_gates_deadline_by_more_than_a_little() -> None:
    clock = VirtualClock()
    metrics = Metrics(clock, slot=[MISSING] * 13)
    judge(
        {"slot": Evaluation.begin("slot", policy=POLICY, baseline=None, at=0.0)},
        tenant=metrics,  # type: ignore[arg-type]  # only its metrics are asked
        clock=clock,
        observer=SILENT,
    )
    assert metrics.until == [75.0] * 11 + [80.0, 85.0]
    assert metrics.asked[-2:] == [(70.0, "slot"), (75.0, "slot")]
