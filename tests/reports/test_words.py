"""Small pieces of text."""

from __future__ import annotations

import pytest

from reconciler.model.change import Action
from reconciler.model.duration import duration
from reconciler.model.outcome import Outcome, Status
from reconciler.reports.words import clauses, rates


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (0.9, 0.95, "0.900 → 0.950"),
        (None, 0.5, "- → 0.500"),
        (1, None, "1.000 → -"),
        (None, None, ""),
    ],
)
def test_rates_are_shown_before_and_after(
    before: float | None, after: float | None, shown: str
) -> None:
    outcome = Outcome(
        slot_id="a",
        action=Action.UPDATE,
        status=Status.VERIFIED,
        baseline=before,
        success_rate=after,
    )
    assert rates(outcome) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0 s"),
        (119, "119 s"),
        (120, "2 min"),
        (7_199, "120 min"),
        (7_200, "2 h"),
        (9_000, "2.5 h"),
        (2_625 * 60, "43.8 h"),
    ],
)
def test_durations_are_seconds_then_minutes_then_hours(seconds: float, shown: str) -> None:
    assert duration(seconds) == shown


def test_only_a_long_reason_takes_several_lines() -> None:
    short = "fell from 0.940 to 0.500; rolled back"
    assert clauses(short) == [short]
    assert clauses("") == [""]
    assert clauses(f"{short}; {'x' * 100}") == [*short.split("; "), "x" * 100]
