"""When targets are due for a drift check: each once in a period, and not all at once."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reconciler.planning.drift_schedule import due

NAMES = st.lists(st.text(min_size=1), min_size=1, max_size=20, unique=True)
MINUTES = st.integers(0, 40_000_000)


@given(names=NAMES, every=st.integers(1, 2000), start=MINUTES)
def test_each_target_is_due_once_in_any_period(names: list[str], every: int, start: int) -> None:
    found = Counter[str]()
    for minute in range(start, start + every):
        found.update(due(names, every_minutes=every, minute=minute))
    assert found == dict.fromkeys(names, 1)


@given(names=NAMES, every=st.floats(0.01, 1.0), minute=MINUTES)
def test_below_a_minute_all_are_due_each_minute(
    names: list[str], every: float, minute: int
) -> None:
    assert list(due(names, every_minutes=every, minute=minute)) == names


@given(names=NAMES, every=st.floats(1.0, 100.0), start=MINUTES)
def test_two_checks_of_a_target_are_a_period_apart(
    names: list[str], every: float, start: int
) -> None:
    name = names[0]
    minutes = [
        minute
        for minute in range(start, start + 500)
        if list(due([name], every_minutes=every, minute=minute))
    ]
    gaps = [after - before for before, after in pairwise(minutes)]
    assert all(every - 1 < gap < every + 1 for gap in gaps)
    assert len(minutes) >= 4


def test_a_large_fleet_is_spread_over_the_hour() -> None:
    names = [f"tenant_{number}/production" for number in range(6000)]
    numbers = [len(list(due(names, every_minutes=60, minute=minute))) for minute in range(60)]
    assert sum(numbers) == 6000
    assert max(numbers) < 150
