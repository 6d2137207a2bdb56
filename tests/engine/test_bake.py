"""The bakes of changes on probation, judged by one measurement of each metric."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timezone

import pytest

from reconciler.engine.bake import judge_bakes
from reconciler.engine.measured_once import MeasuredOnce
from reconciler.errors import UnavailableError
from reconciler.model.bake import Probation
from reconciler.model.change import Action
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
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder

NOON = datetime(2026, 3, 2, 12, tzinfo=timezone.utc)


class Rates:
    """Measures these rates; a slot without one is unavailable."""

    def __init__(self, rates: Mapping[str, float | None]) -> None:
        self._rates = rates
        self.asked: list[str] = []

    def await_turn(self) -> None:
        """Nothing to wait for."""

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        assert isinstance(metric, SlotMetric)
        self.asked.append(metric.subject)
        if metric.subject not in self._rates:
            raise UnavailableError("down")
        rate = self._rates[metric.subject]
        return NotMeasured(reason="404") if rate is None else Measurement(success_rate=rate)


def probation(slot_id: str = "a", **baselines: float) -> Probation:
    return Probation(
        slot_id=slot_id,
        run_id="run_1",
        identity="",
        action=Action.UPDATE,
        baselines=baselines,
        begun=NOON,
        until=NOON,
    )


def judged(
    *probations: Probation,
    rates: Mapping[str, float | None],
) -> dict[str, Verdict]:
    gates = {
        each.slot_id: SlotGate(
            policy=GatePolicy(consecutive_passes=3),
            watch=tuple(sorted(each.baselines.keys() - {each.slot_id})),
        )
        for each in probations
    }
    clock = VirtualClock()
    found = judge_bakes(
        probations,
        gates=gates,
        tenant=MeasuredOnce(Rates(rates)),
        clock=clock,
        observer=Recorder(),
    )
    assert clock.monotonic() == 0  # there was no wait
    return found


@pytest.mark.parametrize(
    ("own", "watched", "result", "reason"),
    [
        (0.95, 0.95, VerdictResult.PASSED, "success rate 0.950"),
        (0.80, 0.95, VerdictResult.FAILED, "success rate fell from 0.950 to 0.800"),
        (0.95, 0.80, VerdictResult.FAILED, "the watched slot w: success rate fell"),
        (0.80, 0.80, VerdictResult.FAILED, "success rate fell"),
        (None, 0.80, VerdictResult.FAILED, "the watched slot w: success rate fell"),
        (0.80, None, VerdictResult.FAILED, "success rate fell"),
        (None, 0.95, VerdictResult.INCONCLUSIVE, "404"),
        (0.95, None, VerdictResult.INCONCLUSIVE, "the watched slot w: 404"),
        (None, None, VerdictResult.INCONCLUSIVE, "404"),
    ],
)
def test_one_rate_that_falls_fails_the_bake_and_an_unknown_one_settles_nothing(
    own: float | None, watched: float | None, result: VerdictResult, reason: str
) -> None:
    found = judged(probation(a=0.95, w=0.95), rates={"a": own, "w": watched})["a"]
    assert (found.result, found.success_rate) == (result, own)
    assert found.reason.startswith(reason)


def test_a_slot_that_was_below_the_minimum_before_may_stay_there() -> None:
    assert judged(probation(a=0.6), rates={"a": 0.6})["a"].result is VerdictResult.PASSED
    assert judged(probation(), rates={"a": 0.6})["a"].result is VerdictResult.FAILED


def test_a_tenant_that_fails_settles_nothing() -> None:
    found = judged(probation(a=0.9), rates={})["a"]
    assert (found.result, found.reason) == (VerdictResult.INCONCLUSIVE, "down")


def test_each_metric_is_asked_for_once_even_if_it_fails() -> None:
    rates = Rates({"a": 0.9})
    once = MeasuredOnce(rates)
    metric, other = (SlotMetric(subject=each, time_range="last24h") for each in "ab")
    assert once.known(metric) is None
    assert once.measure(metric) == once.measure(metric) == once.known(metric)
    assert once.measure(other) == once.measure(other) == NotMeasured(reason="down")
    assert rates.asked == ["a", "b"]
