"""Which known word somebody most likely meant."""

from __future__ import annotations

import pytest

from reconciler.model.closest import closest

KNOWN = ["fill_strategy", "patterns", "pattern-too-long", "PATTERN"]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("patern", "PATTERN"),
        ("fil_strategy", "fill_strategy"),
        ("fillStrategy", "fill_strategy"),
        ("fill-strategy", "fill_strategy"),
        ("pattern_too_long", "pattern-too-long"),
        ("PATTERNS", "patterns"),
        ("colour", None),
        ("", None),
    ],
)
def test_it_is_close_in_its_letters(given: str, meant: str | None) -> None:
    assert closest(given, KNOWN) == meant


def test_only_the_beginning_of_a_long_word_is_compared() -> None:
    assert closest("x" * 1_000_000, ["x" * 60]) == "x" * 60


def test_nothing_is_close_to_no_word() -> None:
    assert closest("patterns", []) is None
