"""The delays between attempts."""

from __future__ import annotations

from reconciler.model.backoff import Backoff


def test_delays_double_up_to_the_maximum_and_are_reduced_by_up_to_half_at_random() -> None:
    backoff = Backoff(first=2.0, most=10.0)
    for attempt, ceiling in ((1, 2.0), (2, 4.0), (3, 8.0), (4, 10.0), (9, 10.0), (5000, 10.0)):
        drawn = [backoff.after(attempt) for _ in range(200)]
        assert ceiling / 2 <= min(drawn) <= max(drawn) <= ceiling
        assert max(drawn) > ceiling * 0.8
        assert min(drawn) < ceiling * 0.7
