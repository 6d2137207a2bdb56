"""The policy of a rollout takes as long as the arithmetic says, in virtual time."""

from __future__ import annotations

import pytest

from reconciler.model.fleet import FleetRollout
from tests.benchmarks.rollout import MOST_OFF, at_once, outcome, stepwise


@pytest.mark.parametrize("settings", [at_once(200), at_once(1_000), stepwise(200)])
def test_a_rollout_takes_little_longer_than_a_perfect_packing(settings: FleetRollout) -> None:
    assert outcome(settings, size=10_000).off <= MOST_OFF
