"""The success rates before a write, from a tenant whose answers the test chooses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from reconciler.engine.baseline import Baselines
from reconciler.errors import (
    AuthenticationError,
    MalformedResponseError,
    PermissionDeniedError,
    ReconcilerError,
    UnavailableError,
)
from reconciler.model.change import Action, Change
from reconciler.model.event import BaselineBegun, BaselineRepeated, Measured
from reconciler.model.gate import (
    GatePolicy,
    Measurement,
    Metric,
    NotMeasured,
    Reading,
    SlotGate,
    SlotMetric,
)
from reconciler.ports import Ports
from tests.support.clock import VirtualClock
from tests.support.recorder import Recorder
from tests.support.unused import unused

GATE = SlotGate(policy=GatePolicy(time_range="last1h", poll_interval_seconds=7))
GARBLED = MalformedResponseError("It is not JSON.", hint="Look at it.")


class Metrics:
    """Gives these answers in turn, and records what it was asked for."""

    def __init__(self, answers: Iterable[Reading | ReconcilerError]) -> None:
        self._answers = iter(answers)
        self.asked: list[Metric] = []

    def measure(self, metric: Metric, *, until: float = 0.0) -> Reading:
        self.asked.append(metric)
        answer = next(self._answers)
        if isinstance(answer, ReconcilerError):
            raise answer
        return answer


class Bench:
    """Reads the baselines of a run with at most three attempts."""

    def __init__(self, *answers: Reading | ReconcilerError) -> None:
        self.metrics = Metrics(answers)
        self.clock = VirtualClock()
        self.observer = Recorder()
        tenant: Any = self.metrics
        self.baselines = Baselines(
            ports=Ports(
                tenant=tenant,
                ledger=unused(),
                notifier=unused(),
                clock=self.clock,
                observer=self.observer,
            ),
            max_attempts=3,
        )

    def of(
        self, slot_id: str = "a", action: Action = Action.UPDATE, gate: SlotGate | None = GATE
    ) -> dict[str, float]:
        change = Change(slot_id=slot_id, name=slot_id, action=action, wave=0)
        return self.baselines.of(change, gate)

    @property
    def asked(self) -> list[str]:
        return [each.subject for each in self.metrics.asked if isinstance(each, SlotMetric)]


def rate(value: float, samples: int | None = None) -> Measurement:
    return Measurement(success_rate=value, sample_count=samples)


def test_a_rate_is_measured_over_the_gates_time_range() -> None:
    bench = Bench(rate(0.9))
    assert bench.of() == {"a": 0.9}
    assert bench.metrics.asked == [SlotMetric(subject="a", time_range="last1h")]
    assert bench.clock.monotonic() == 0.0


def test_without_a_gate_nothing_is_measured() -> None:
    bench = Bench()
    assert bench.of(gate=None) == {}
    assert bench.observer.heard == []


def test_a_new_slot_has_no_baseline_but_the_slots_that_it_watches_have() -> None:
    bench = Bench(rate(0.8), rate(0.7))
    watching = GATE.model_copy(update={"watch": ("b", "c")})
    assert bench.of(action=Action.CREATE, gate=watching) == {"b": 0.8, "c": 0.7}
    assert bench.asked == ["b", "c"]


def test_each_metric_is_measured_once_however_many_changes_it_judges() -> None:
    bench = Bench(rate(0.9), NotMeasured(reason="none"), rate(0.5))
    watching = GATE.model_copy(update={"watch": ("b",)})
    assert bench.of(gate=watching) == {"a": 0.9}
    assert bench.of("c", gate=watching) == {"c": 0.5}
    assert bench.of(gate=watching) == {"a": 0.9}
    assert bench.asked == ["a", "b", "c"]


def test_another_time_range_is_another_metric() -> None:
    bench = Bench(rate(0.9), rate(0.4))
    other = SlotGate(policy=GatePolicy(time_range="last7d"))
    assert (bench.of(), bench.of(gate=other)) == ({"a": 0.9}, {"a": 0.4})


@pytest.mark.parametrize(
    ("reading", "rates"),
    [
        (NotMeasured(reason="no metrics yet"), {}),
        (rate(0.9, 0), {}),
        (rate(0.9, 1), {"a": 0.9}),
        (rate(0.0), {"a": 0.0}),
    ],
)
def test_a_rate_without_samples_is_no_baseline_and_a_rate_of_zero_is_one(
    reading: Reading, rates: dict[str, float]
) -> None:
    bench = Bench(reading)
    assert bench.of() == rates
    assert bench.observer.heard == [
        BaselineBegun(slot_id="a"),
        Measured(slot_id="a", reading=reading, baseline=None, min_success_rate=None),
    ]


@pytest.mark.parametrize("error", [AuthenticationError, PermissionDeniedError])
def test_an_error_that_would_fail_every_gate_ends_the_run_at_once(
    error: type[ReconcilerError],
) -> None:
    bench = Bench(error("no", hint="Ask."))
    with pytest.raises(error):
        bench.of()
    assert bench.asked == ["a"]


def test_an_unavailable_tenant_gives_a_warning_instead_of_a_rate_and_is_not_asked_again() -> None:
    bench = Bench(UnavailableError("It is down.", hint="Wait."))
    assert bench.of() == {}
    assert bench.of() == {}
    assert bench.asked == ["a"]
    assert bench.observer.warnings == ["a has no baseline: It is down."]


def test_a_malformed_answer_is_requested_again_after_the_poll_interval() -> None:
    bench = Bench(GARBLED, GARBLED, rate(0.9))
    assert bench.of() == {"a": 0.9}
    assert bench.clock.monotonic() == 14.0
    assert bench.observer.of(BaselineRepeated) == [
        BaselineRepeated(slot_id="a", reason="It is not JSON.", seconds=7.0, until=until)
        for until in (7.0, 14.0)
    ]
    assert bench.observer.warnings == []


def test_if_every_answer_is_malformed_the_run_ends_with_the_number_of_attempts() -> None:
    bench = Bench(GARBLED, GARBLED, GARBLED)
    with pytest.raises(MalformedResponseError, match=r"\(3 attempts\). It is not JSON.") as raised:
        bench.of()
    assert raised.value.hint == "Look at it."
    assert bench.asked == ["a"] * 3
    assert bench.clock.monotonic() == 14.0  # there is no wait after the last attempt
