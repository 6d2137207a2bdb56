"""One measurement of each metric, whoever asks."""

from __future__ import annotations

import math

from reconciler.engine.measured_once import MeasuredOnce
from reconciler.errors import UnavailableError
from reconciler.model.gate import Measurement, Metric, NotMeasured, Reading, SlotMetric

FRUIT, SIZE = SlotMetric(subject="fruit", time_range="1h"), SlotMetric(subject="s", time_range="1h")


class Measuring:
    """Measures everything but SIZE, and notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def await_turn(self) -> None:
        self.asked.append("turn")

    def measure(self, metric: Metric, *, until: float = math.inf) -> Reading:
        self.asked.append(f"{metric} until {until}")
        if metric == SIZE:
            raise UnavailableError("down")
        return Measurement(success_rate=0.9)


def test_each_metric_is_asked_for_once() -> None:
    tenant = Measuring()
    once = MeasuredOnce(tenant)
    assert once.known(FRUIT) is None
    for _ in range(2):
        assert once.measure(FRUIT, until=7.0) == Measurement(success_rate=0.9)
        assert once.measure(SIZE) == NotMeasured(reason="down")
    assert once.known(FRUIT) == Measurement(success_rate=0.9)
    assert once.known(SIZE) == NotMeasured(reason="down")
    assert tenant.asked == [f"{FRUIT} until 7.0", f"{SIZE} until inf"]


def test_the_rate_limit_is_waited_for() -> None:
    tenant = Measuring()
    MeasuredOnce(tenant).await_turn()
    assert tenant.asked == ["turn"]
