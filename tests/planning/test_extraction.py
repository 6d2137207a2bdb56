"""What a slot's patterns extract from a text."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.patterns import matching
from reconciler.patterns.matching import PatternTimeoutError
from reconciler.planning.extraction import Extractor
from tests.support.build import content

PATTERNS = ("^ab", "abc", "b+")


@pytest.mark.parametrize(
    ("strategy", "text", "value"),
    [
        ("firstMatch", "abcbbbb", "ab"),
        ("bestMatch", "abcbbbb", "abc"),
        ("bestMatch", "xabcx", "abc"),
        ("strict", "abc", "abc"),
        ("strict", "abcd", None),
        ("fuzzy", "xABCx", "ABC"),
        ("bestMatch", "xABCx", None),
        ("bestMatch", "nothing", None),
    ],
)
def test_the_fill_strategy_decides_what_is_extracted(
    strategy: str, text: str, value: str | None
) -> None:
    found = Extractor(COGNIGY_V1).extract(content(patterns=PATTERNS, fill_strategy=strategy), text)
    assert (found.value if found else None) == value


def test_the_first_of_two_equally_long_matches_wins() -> None:
    found = Extractor(COGNIGY_V1).extract(content(patterns=("a.", ".b")), "ab")
    assert found is not None
    assert found.pattern == "a."


def test_the_patterns_of_another_type_are_phrases_in_any_case() -> None:
    phrases = content(type="list", patterns=("New York (NY)",))
    found = Extractor(COGNIGY_V1).extract(phrases, "to new york (ny) please")
    assert found is not None
    assert found.value == "new york (ny)"
    assert Extractor(COGNIGY_V1).extract(phrases, "New York NY") is None


def test_a_faulty_pattern_extracts_nothing_and_hides_no_other() -> None:
    found = Extractor(COGNIGY_V1).extract(content(patterns=("(", "(){99999999}", "a")), "a")
    assert found is not None
    assert found.pattern == "a"


def test_a_pattern_that_took_too_long_is_not_run_again() -> None:
    extractor = Extractor(COGNIGY_V1)
    slow = content(patterns=("^(a|aa)+$",))
    for text in ("a" * 60 + "b", "a"):  # the second would match at once
        with pytest.raises(PatternTimeoutError):
            extractor.extract(slow, text)
    assert not extractor.is_exhausted


def test_an_extractor_is_exhausted_when_too_many_patterns_took_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "MATCH_SECONDS", 0.001)
    extractor = Extractor(COGNIGY_V1)
    for number in range(10):
        assert not extractor.is_exhausted
        with pytest.raises(PatternTimeoutError):
            extractor.extract(content(patterns=(f"^(a|aa)+{number}$",)), "a" * 60)
    assert extractor.is_exhausted
