"""JavaScript patterns in Python, whose matches are compared with V8 in `test_matching`."""

from __future__ import annotations

import pytest

from reconciler.patterns.ecmascript.translation import UntranslatableError, translated


def test_an_ordinary_pattern_is_written_with_ranges_and_counts() -> None:
    assert translated(r"a\d*") == r"(?:a(?:[0-9]){0,})"
    assert translated("[^]|[]") == r"(?:[\x00-\U0010ffff]|(?!))"


def test_only_groups_that_are_referred_to_capture() -> None:
    assert translated(r"(a)(b)\2") == "(?:(?:a)(?P<g2>b)(?(g2)(?P=g2)|))"


@pytest.mark.parametrize(
    "body",
    [
        r"(?:(a)|b\1)+",
        r"(?:(a)?b\1)+",
        r"(?:(?:(a)|b){2})\1",
        r"(?<=(a)\1)b",
        r"(?<=(a))\1",
        r"(?!(a))\1",
        "(?i:a)",
        "(?:(?:(?:(?:(?:(?:a?)+)+)+)+)+)+",
    ],
)
def test_what_python_would_read_differently_is_refused(body: str) -> None:
    with pytest.raises(UntranslatableError):
        translated(body)


def test_loops_within_loops_are_written_once() -> None:
    assert len(translated("(?:" * 25 + "a?" + ")*" * 25)) < 5_000
