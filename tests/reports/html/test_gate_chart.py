"""The chart of a gate: rates over time, against minimum and baseline."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.gate import Verdict, VerdictResult
from reconciler.reports.html.gate_chart import GateChart, gate_chart
from reconciler.reports.html.scales import apart, rate_scale
from reconciler.reports.html.story import Judged, Reading

AT = datetime(2026, 3, 2, 9, 0, tzinfo=timezone.utc)


def chart(
    *rates: float | None,
    baseline: float | None = 0.9,
    minimum: float | None = 0.85,
    result: VerdictResult = VerdictResult.PASSED,
) -> GateChart:
    """The chart of measurements every 5 s after 15 s of settling."""
    readings = [Reading(seconds=15.0 + 5 * n, rate=rate) for n, rate in enumerate(rates)]
    verdict = Verdict(result=result, stands=True, reason="") if rates else None
    judged = Judged("slot_a", AT, 15, baseline, minimum, readings=readings, verdict=verdict)
    return gate_chart(judged)


def test_higher_rates_stand_higher_and_later_ones_further_right() -> None:
    low, high = chart(0.5, 0.9).dots
    assert low.y > high.y
    assert low.x < high.x == GateChart.right


def test_only_the_last_measurement_has_the_colour_of_the_verdict() -> None:
    assert [dot.kind for dot in chart(0.9, 0.8, result=VerdictResult.FAILED).dots] == [
        "muted",
        "bad",
    ]


def test_a_measurement_without_a_rate_is_at_the_bottom_and_not_on_the_line() -> None:
    made = chart(None, 0.9, 0.95)
    assert made.dots[0].kind == "none"
    assert made.dots[0].y == GateChart.bottom
    assert made.path.count("L") == 1


def test_baseline_and_minimum_are_lines_whose_labels_do_not_touch() -> None:
    baseline, minimum = chart(0.86, baseline=0.86, minimum=0.85).levels
    assert baseline.y < minimum.y
    assert minimum.label_y - baseline.label_y >= 13
    assert [each.label for each in (baseline, minimum)] == ["baseline 0.860", "minimum 0.850"]
    assert chart(0.9, baseline=None, minimum=None).levels == ()


def test_a_chart_without_a_measurement_is_only_its_lines() -> None:
    made = chart()
    assert made.path == ""
    assert made.text == "0 measurements, baseline 0.900, minimum 0.850."


def test_the_words_have_the_numbers_of_the_drawing() -> None:
    assert chart(0.9, 0.95).text == (
        "2 measurements, the last 0.950, baseline 0.900, minimum 0.850."
    )


rates = st.floats(0, 1)


@given(st.lists(st.one_of(st.none(), rates), max_size=8), rates, rates)
def test_everything_is_inside_the_axes(
    measured: list[float | None], baseline: float, minimum: float
) -> None:
    made = chart(*measured, baseline=baseline, minimum=minimum)
    for height in (*(dot.y for dot in made.dots), *(level.y for level in made.levels)):
        assert GateChart.top <= height <= GateChart.bottom
    assert all(GateChart.left <= dot.x <= GateChart.right for dot in made.dots)
    assert 2 <= len(made.rates) <= 6


@pytest.mark.parametrize(
    ("lowest", "marks"),
    [
        (1.0, ["1.00", "0.95", "0.90"]),
        (0.87, ["1.00", "0.95", "0.90", "0.85"]),
        (0.0, ["1.00", "0.75", "0.50", "0.25", "0.00"]),
    ],
)
def test_the_axis_has_few_round_marks(lowest: float, marks: list[str]) -> None:
    _, ticks = rate_scale([lowest], top=0, bottom=100)
    assert [tick.text for tick in ticks] == marks


def test_labels_keep_their_order_when_they_are_moved_apart() -> None:
    assert apart({"b": 11, "a": 10, "c": 40}, least=13) == {"a": 10, "b": 23, "c": 40}
