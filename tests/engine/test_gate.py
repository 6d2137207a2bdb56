"""The verdicts on all kinds of readings, as in the table in the gate's docstring."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.engine.gate import TOLERANCE, Evaluation
from reconciler.model.gate import (
    FailedAssert,
    GatePolicy,
    Measurement,
    NotMeasured,
    Reading,
    Verdict,
    VerdictResult,
)

POLICY = GatePolicy(settle_seconds=15, poll_interval_seconds=5, timeout_seconds=60)
SILENT = NotMeasured(reason="no metrics yet (404)")


def evaluation(
    *, baseline: float | None = None, watched_only: bool = False, **policy: Any
) -> Evaluation:
    return Evaluation.begin(
        "slot",
        policy=POLICY.model_copy(update=policy),
        baseline=baseline,
        at=100.0,
        watched_only=watched_only,
    )


def rate(value: float, samples: int | None = None) -> Measurement:
    return Measurement(success_rate=value, sample_count=samples)


def verdict_on(begun: Evaluation, *readings: Reading) -> Verdict:
    """Observe each reading when it is due; the last must lead to a verdict."""
    current = begun
    for reading in readings:
        result = current.observe(reading, at=current.due)
        if isinstance(result, Verdict):
            return result
        current = result
    raise AssertionError(f"no verdict after {len(readings)} readings: {current}")


@pytest.mark.parametrize(
    ("baseline", "measured", "expected"),
    [
        (None, 0.85, "passed"),  # the minimum is inclusive
        (None, 0.8499, "failed"),
        (0.90, 0.85, "passed"),  # so is the maximum drop, although 0.90 - 0.85 > 0.05 in binary
        (0.95, 0.8999, "failed"),
        (0.99, 0.90, "failed"),  # above the minimum, but fell too far
        (0.86, 0.84, "failed"),  # fell only a little, but below the minimum
        (0.40, 0.60, "passed"),  # an improvement is not rejected because the slot was bad before
        (0.40, 0.36, "passed"),
        (0.40, 0.34, "failed"),
        (0.85, 0.849, "failed"),  # exactly at the minimum before is not below it
        (0.0, 0.0, "passed"),
        (1.0, 1.0, "passed"),
    ],
)
def test_the_verdict_is_the_one_in_the_table(
    baseline: float | None, measured: float, expected: str
) -> None:
    verdict = verdict_on(evaluation(baseline=baseline), rate(measured))
    assert verdict.result.value == expected
    assert verdict.stands == (expected == "passed")
    assert (verdict.success_rate, verdict.baseline) == (measured, baseline)


def test_a_failed_verdict_shows_its_rates() -> None:
    fallen = verdict_on(evaluation(baseline=0.97), rate(0.61)).reason
    assert fallen == "success rate fell from 0.970 to 0.610, by more than max_drop 0.050"
    low = verdict_on(evaluation(), rate(0.61)).reason
    assert low == "success rate 0.610 is below min_success_rate 0.850"


@pytest.mark.parametrize(
    ("baseline", "measured", "expected"),
    [(0.6, 0.6, "failed"), (0.6, 0.7, "passed"), (0.6, 0.9, "passed"), (None, 0.7, "failed")],
)
def test_a_creation_below_the_minimum_must_improve_the_rate(
    baseline: float | None, measured: float, expected: str
) -> None:
    judged = replace(evaluation(baseline=baseline), is_creation=True)
    assert verdict_on(judged, rate(measured)).result.value == expected


def test_a_pass_above_the_minimum_says_its_rate_alone() -> None:
    reason = verdict_on(evaluation(), rate(0.95)).reason
    assert reason == "success rate 0.950"


def test_a_pass_below_the_minimum_says_that_the_baseline_was_below_it_too() -> None:
    reason = verdict_on(evaluation(baseline=0.4), rate(0.6)).reason
    assert reason == "success rate 0.600 is still below the minimum 0.850, as it was before"


@pytest.mark.parametrize(("failed", "named", "more"), [(3, 3, ""), (5, 3, "and 2 more failed")])
def test_a_failure_names_three_asserts_and_counts_the_others(
    failed: int, named: int, more: str
) -> None:
    asserts = tuple(
        FailedAssert(playbook="p", step=each, text="t", kind="k", expected="e", actual="a")
        for each in range(failed)
    )
    verdict = verdict_on(evaluation(), Measurement(success_rate=0.5, failed_asserts=asserts))
    assert verdict.reason.count("p, step ") == named
    assert ("more failed asserts" in verdict.reason, more in verdict.reason) == (bool(more), True)
    assert verdict.failed_asserts == asserts


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_better_rate_never_turns_a_pass_into_a_failure(
    baseline: float, minimum: float, first: float, second: float
) -> None:
    worse, better = sorted((first, second))
    begun = evaluation(baseline=baseline, min_success_rate=minimum)
    if verdict_on(begun, rate(worse)).stands:
        assert verdict_on(begun, rate(better)).stands


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_rate_that_did_not_fall_passes_if_there_was_a_baseline(
    baseline: float, rise: float
) -> None:
    measured = min(1.0, baseline + rise)
    assert verdict_on(evaluation(baseline=baseline), rate(measured)).stands


def test_a_rate_within_the_tolerance_is_not_reported_as_below_the_minimum() -> None:
    verdict = verdict_on(evaluation(), rate(0.85 - TOLERANCE))
    assert (verdict.result, verdict.reason) == (VerdictResult.PASSED, "success rate 0.850")


def test_nothing_is_measured_before_the_slot_has_settled() -> None:
    begun = evaluation()
    assert (begun.due, begun.deadline) == (115.0, 175.0)


def test_a_slot_without_metrics_is_polled_until_the_deadline() -> None:
    current = evaluation(timeout_seconds=12)
    polled = []
    for _ in range(10):
        polled.append(current.due)
        result = current.observe(SILENT, at=current.due)
        if isinstance(result, Verdict):
            break
        current = result
    assert polled == [115.0, 120.0, 125.0, 127.0]
    assert isinstance(result, Verdict)
    assert result.reason == "no verdict within 12 s: no metrics yet (404)"


@pytest.mark.parametrize(
    ("baseline", "when_inconclusive", "stands"),
    [(None, "pass", True), (None, "fail", False), (0.9, "pass", False), (0.9, "fail", False)],
)
def test_an_inconclusive_verdict_stands_only_without_a_baseline(
    baseline: float | None, when_inconclusive: str, stands: bool
) -> None:
    begun = evaluation(baseline=baseline, when_inconclusive=when_inconclusive, timeout_seconds=0)
    verdict = verdict_on(begun, SILENT)
    assert (verdict.result, verdict.stands) == (VerdictResult.INCONCLUSIVE, stands)


@pytest.mark.parametrize(
    ("reading", "min_samples"),
    [(rate(0.1, 0), 0), (rate(0.1, 9), 10), (rate(0.1), 10)],
    ids=["no samples", "too few", "no count, but a minimum"],
)
def test_a_reading_with_too_few_samples_is_not_a_measurement(
    reading: Measurement, min_samples: int
) -> None:
    begun = evaluation(min_samples=min_samples)
    assert isinstance(begun.observe(reading, at=begun.due), Evaluation)
    assert verdict_on(begun, reading, rate(0.9, 10)).result is VerdictResult.PASSED


@pytest.mark.parametrize(
    ("reading", "is_measured"),
    [
        (SILENT, False),
        (rate(0.9, samples=0), False),
        (rate(0.9, samples=3), True),
        (rate(0.9), True),
    ],
)
def test_an_inconclusive_verdict_says_whether_anything_was_measured(
    reading: Reading, is_measured: bool
) -> None:
    found = verdict_on(evaluation(min_samples=10, timeout_seconds=0), reading)
    assert (found.result, found.measured) == (VerdictResult.INCONCLUSIVE, is_measured)


def test_a_reading_without_a_count_is_accepted_if_no_minimum_is_set() -> None:
    assert verdict_on(evaluation(), rate(0.9)).result is VerdictResult.PASSED


def test_passes_are_counted_and_a_single_failure_fails() -> None:
    begun = evaluation(consecutive_passes=3)
    assert verdict_on(begun, rate(0.9), rate(0.9), rate(0.9)).result is VerdictResult.PASSED
    assert verdict_on(begun, rate(0.9), rate(0.2)).result is VerdictResult.FAILED
    second = begun.observe(rate(0.9), at=begun.due)
    assert isinstance(second, Evaluation)
    assert isinstance(second.observe(rate(0.9), at=second.due), Evaluation)


def test_too_few_passes_before_the_deadline_are_inconclusive() -> None:
    begun = evaluation(consecutive_passes=2, timeout_seconds=0)
    verdict = verdict_on(begun, rate(0.9))
    assert verdict.result is VerdictResult.INCONCLUSIVE
    assert "1 of 2 passes" in verdict.reason
    assert verdict.measured


def test_only_its_drop_can_fail_a_watched_slot() -> None:
    begun = evaluation(baseline=0.88, watched_only=True)
    assert verdict_on(begun, rate(0.84)).result is VerdictResult.PASSED
    assert verdict_on(begun, rate(0.80)).result is VerdictResult.FAILED
