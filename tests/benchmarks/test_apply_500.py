"""The requests and the time of an apply under a virtual clock, as the benchmark prints them."""

from __future__ import annotations

from typing import Literal

import pytest

from tests.benchmarks.apply_500 import CHANGES, PER_MINUTE, reconciled


@pytest.mark.parametrize(
    ("batch", "etags", "most"), [("change", True, 4), ("wave", False, 3), ("wave", True, 4)]
)
def test_500_changes_take_few_requests_and_little_longer_than_necessary(
    batch: Literal["change", "wave"], etags: bool, most: int
) -> None:
    result = reconciled(batch, etags=etags)
    # With waves, one more request per run finds out whether the tenant has ETags.
    assert result.own_requests <= most * CHANGES + (batch == "wave")
    assert result.busiest_minute <= PER_MINUTE
    assert result.seconds <= result.bound * 1.03
