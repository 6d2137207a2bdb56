"""A missed target is marked, and makes `make bench` fail."""

from __future__ import annotations

import pytest

from tests.benchmarks.__main__ import Ratio


@pytest.mark.parametrize(
    ("value", "most", "met"), [(0.2, 0.2, True), (0.21, 0.2, False), (9.0, None, True)]
)
def test_a_ratio_is_held_to_its_target(value: float, most: float | None, met: bool) -> None:
    ratio = Ratio("a plan", value, most)
    assert ratio.is_met is met
    assert ("MISSED" in str(ratio)) is not met
