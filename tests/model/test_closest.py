"""The known word that is closest to an unknown one."""

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
def test_a_misspelled_word_is_closest_to_the_known_one_with_most_of_its_letters(
    given: str, meant: str | None
) -> None:
    assert closest(given, KNOWN) == meant


def test_only_the_beginning_of_a_long_word_is_compared() -> None:
    assert closest("x" * 1_000_000, ["x" * 60]) == "x" * 60


def test_without_known_words_none_is_close() -> None:
    assert closest("patterns", []) is None
