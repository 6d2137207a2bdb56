"""Short patterns in words."""

from __future__ import annotations

import pytest

from reconciler.patterns.wording import in_words


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"ORD-\d{5}", '"ORD-", 5 digits'),
        (r"[A-Z]{2}-\d{4,6}", '2 capital letters, "-", 4 to 6 digits'),
        (r"[0-9]+", "1 or more digits"),
        (r"[a-z]*x", 'any number of small letters, "x"'),
        (r"\d{3,}", "3 or more digits"),
        (r"[A-Za-z]\d?", "1 letter A-Z, at most 1 digit"),
        (r"[A-Z0-9]{0,3}", "at most 3 digits or capital letters"),
        (r"[abc]\d", "1 of a b c, 1 digit"),
        (r"[0-3]\d", "1 of 0 1 2 3, 1 digit"),
        (r"[1-9]\d", "1 of 1 to 9, 1 digit"),
        (r"a? b", 'at most 1 "a", " b"'),
        (r"\.", '"."'),
    ],
)
def test_runs_of_characters_are_told_one_after_the_other(pattern: str, words: str) -> None:
    assert in_words(pattern) == words


@pytest.mark.parametrize("pattern", ["a|bc", "(ab)+", "[^a]", "", "(", ".", "[\u0430-\u044f]+"])
def test_other_patterns_have_no_words(pattern: str) -> None:
    assert in_words(pattern) is None
