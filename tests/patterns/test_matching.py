"""Searching with a pattern, within limits."""

from __future__ import annotations

import pytest

from reconciler.patterns.matching import PatternTimeoutError, matched


@pytest.mark.parametrize(
    ("pattern", "text", "searched", "whole"),
    [
        ("ab+", "xabbx", "abb", None),
        ("ab+", "abb", "abb", "abb"),
        ("a|ab", "ab", "a", "ab"),
        ("ab+", "ABB", None, None),
        ("(", "(", None, None),
    ],
)
def test_a_pattern_matches_anywhere_or_must_match_the_whole_text(
    pattern: str, text: str, searched: str | None, whole: str | None
) -> None:
    assert matched(pattern, text, ignore_case=False, whole=False) == searched
    assert matched(pattern, text, ignore_case=False, whole=True) == whole


def test_case_can_be_ignored() -> None:
    assert matched("ab", "AB", ignore_case=True, whole=True) == "AB"


def test_a_match_that_would_never_finish_is_given_up() -> None:
    pattern = "^(a|aa)+$"
    with pytest.raises(PatternTimeoutError) as caught:
        matched(pattern, "a" * 60 + "b", ignore_case=False, whole=False)
    assert caught.value.pattern == pattern


@pytest.mark.parametrize(
    "pattern", ["(?R)", "a(?R){2,3}", "(a)(?1)", "(a)(?-1)", "(?&x)", "(?P>x)"]
)
def test_a_recursive_pattern_matches_nothing_and_uses_no_memory(pattern: str) -> None:
    assert matched(pattern, "a" * 60, ignore_case=False, whole=False) is None


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        ("[^]x", "a\nx", "\nx"),
        (r"a\cJb", "a\nb", "a\nb"),
        (r"(?<n>a.)\k<n>", "xabab", "abab"),
        ("a[]|b", "ab", "b"),
    ],
)
def test_constructs_that_only_ecmascript_supports_are_rewritten_for_python(
    pattern: str, text: str, value: str
) -> None:
    assert matched(pattern, text, ignore_case=False, whole=False) == value
