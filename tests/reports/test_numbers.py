"""Numbers as text."""

from __future__ import annotations

from reconciler.reports.numbers import counted, rate


def test_one_is_singular() -> None:
    assert [counted(number, "slot") for number in (0, 1, 2)] == ["0 slots", "1 slot", "2 slots"]


def test_a_rate_has_three_digits_or_a_dash() -> None:
    assert (rate(0.9), rate(1), rate(0), rate(None)) == ("0.900", "1.000", "0.000", "-")
