"""The defaults and bounds of the gate's policy."""

from __future__ import annotations

import math

import pytest
from pydantic import ValidationError

from reconciler.model.gate import GateOverride, GatePolicy, Measurement, PlaybookPolicy
from reconciler.model.settings import Limits, Rollout


def test_the_defaults_are_the_documented_ones() -> None:
    assert GatePolicy().model_dump() == {
        "enabled": True,
        "min_success_rate": 0.85,
        "max_drop": 0.05,
        "time_range": "last24h",
        "min_samples": 0,
        "settle_seconds": 15,
        "poll_interval_seconds": 5,
        "timeout_seconds": 300,
        "consecutive_passes": 1,
        "when_inconclusive": "pass",
        "bake_hours": None,
    }
    assert Rollout().model_dump() == {"batch": "change", "on_failure": "rollback"}
    assert Limits().model_dump() == {
        "requests_per_minute": 100,
        "max_attempts": 5,
        "max_changes": None,
        "max_delete_fraction": 0.3,
    }


def test_an_override_sets_the_fields_that_it_names_even_to_zero() -> None:
    policy = GatePolicy().overridden_by(GateOverride(enabled=False, max_drop=0))
    assert (policy.enabled, policy.max_drop, policy.min_success_rate) == (False, 0, 0.85)
    assert GatePolicy().overridden_by(GateOverride(watch=("b",))) == GatePolicy()


def test_an_override_has_every_field_of_a_policy() -> None:
    assert GateOverride.model_fields.keys() == {*GatePolicy.model_fields, "watch"}


@pytest.mark.parametrize(
    ("time_range", "hours"),
    [
        ("last24h", 24),
        ("last1h", 1),
        ("last999h", 999),
        ("last7d", 168),
        ("last0h", 24),
        ("last30m", 24),
        ("Last6h", 24),
        ("last1000h", 24),
        ("yesterday", 24),
    ],
)
def test_a_change_is_on_probation_as_long_as_its_time_range(time_range: str, hours: float) -> None:
    policy = GatePolicy(time_range=time_range)
    assert policy.hours_on_probation == policy.range_hours == hours
    assert policy.overridden_by(GateOverride(bake_hours=2)).hours_on_probation == 2


def test_the_bake_can_be_turned_off_and_playbooks_need_none() -> None:
    assert GatePolicy(bake_hours=0).hours_on_probation == 0
    assert PlaybookPolicy().hours_on_probation == 0


@pytest.mark.parametrize("hours", [-1, 8761, math.nan, math.inf])
def test_a_bake_takes_between_no_time_and_a_year(hours: float) -> None:
    with pytest.raises(ValidationError):
        GatePolicy(bake_hours=hours)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_a_rate_is_a_fraction(value: float) -> None:
    for make in (
        lambda: GatePolicy(min_success_rate=value),
        lambda: GateOverride(max_drop=value),
        lambda: Measurement(success_rate=value),
    ):
        with pytest.raises(ValidationError):
            make()


@pytest.mark.parametrize("value", ["", "last 24h", "a/../b", "x&y=1"])
def test_a_time_range_cannot_inject_into_the_url(value: str) -> None:
    with pytest.raises(ValidationError):
        GatePolicy(time_range=value)
