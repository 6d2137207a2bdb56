"""The rules for one pattern, and what patterns extract."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.problem import Severity
from reconciler.planning.patterns import (
    MAX_PATTERN_LENGTH,
    MAX_TIMEOUTS,
    Extractor,
    PatternTimeoutError,
    extract,
    faults,
    matching,
)
from tests.support.build import content


def rules(pattern: str) -> list[str]:
    return [fault.rule for fault in faults(pattern)]


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}-\d{4,6}$",
        "ä",
        r"\\u0041",
        r"\x41",
        "a" * MAX_PATTERN_LENGTH,
        r"x|y",
        r"\d{10} \d{20} \d{30} \d{40}",
        r"\bu{3}",
    ],
)
def test_an_ordinary_pattern_has_no_fault(pattern: str) -> None:
    assert rules(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ["pattern-empty"]),
        ("a" * (MAX_PATTERN_LENGTH + 1), ["pattern-too-long"]),
        ("(" * (MAX_PATTERN_LENGTH + 1), ["pattern-too-long", "pattern-invalid"]),
        ("(a", ["pattern-invalid"]),
        ("{}{,}(", ["pattern-invalid"]),
        ("[z-a]", ["pattern-invalid"]),
        ("(){99999999}", ["pattern-too-complex"]),
        ("(a{400}){400}", ["pattern-too-complex"]),
        ("a{," + "9" * 40 + "}", ["pattern-too-complex"]),
        (r"\u00e9", ["pattern-unicode-escape"]),
        (r"\U0001F600", ["pattern-unicode-escape"]),
        (r"\p{L}", ["pattern-unicode-escape"]),
        (r"\P{L}", ["pattern-unicode-escape"]),
        (r"\x{41}", ["pattern-unicode-escape"]),
        (r"\N{DASH}", ["pattern-unicode-escape"]),
        (r"\\\u0041", ["pattern-unicode-escape"]),
    ],
)
def test_a_pattern_that_the_tenant_would_refuse_has_its_rule(
    pattern: str, expected: list[str]
) -> None:
    assert rules(pattern) == expected


@pytest.mark.parametrize("pattern", ["(?i)x", "[^]x", r"a\cJ", r"(?<n>a)\k<n>", "x{,2}y"])
def test_what_engines_read_differently_is_a_warning_and_no_error(pattern: str) -> None:
    assert {fault.severity for fault in faults(pattern)} == {Severity.WARNING}


@given(st.text(alphabet=r"ab1,{}()[]*+?|\^$.-:=!<>PpuxNR&#\u00e9", max_size=40))
def test_no_text_makes_the_rules_raise(pattern: str) -> None:
    found = list(faults(pattern))
    assert all(fault.rule and fault.message and fault.hint for fault in found)


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
    found = extract(content(patterns=PATTERNS, fill_strategy=strategy), text)
    assert (found.value if found else None) == value


def test_the_first_of_two_equally_long_matches_wins() -> None:
    found = extract(content(patterns=("a.", ".b")), "ab")
    assert found is not None
    assert found.pattern == "a."


def test_the_patterns_of_another_type_are_phrases_in_any_case() -> None:
    phrases = content(type="list", patterns=("New York (NY)",))
    found = extract(phrases, "to new york (ny) please")
    assert found is not None
    assert found.value == "new york (ny)"
    assert extract(phrases, "New York NY") is None


def test_a_faulty_pattern_extracts_nothing_and_hides_no_other() -> None:
    found = extract(content(patterns=("(", "(){99999999}", "a")), "a")
    assert found is not None
    assert found.pattern == "a"


def test_a_match_that_would_take_for_ever_is_given_up() -> None:
    pattern = "^(a|aa)+$"
    with pytest.raises(PatternTimeoutError) as caught:
        extract(content(patterns=(pattern,)), "a" * 60 + "b")
    assert caught.value.pattern == pattern


@pytest.mark.parametrize(
    "pattern", ["(?R)", "a(?R){2,3}", "(a)(?1)", "(a)(?-1)", "(?&x)", "(?P>x)"]
)
def test_a_pattern_that_refers_back_to_a_pattern_is_none_and_takes_no_memory(pattern: str) -> None:
    assert [fault.rule for fault in faults(pattern)] == ["pattern-invalid"]
    assert extract(content(patterns=(pattern,)), "a" * 60) is None


def test_a_pattern_that_took_too_long_is_not_waited_for_again() -> None:
    extractor = Extractor()
    slow = content(patterns=("^(a|aa)+$",))
    for text in ("a" * 60 + "b", "a"):  # the second would match at once
        with pytest.raises(PatternTimeoutError):
            extractor.extract(slow, text)
    assert not extractor.is_exhausted


def test_an_extractor_is_exhausted_when_too_many_patterns_took_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "MATCH_SECONDS", 0.001)
    extractor = Extractor()
    for number in range(MAX_TIMEOUTS):
        assert not extractor.is_exhausted
        with pytest.raises(PatternTimeoutError):
            extractor.extract(content(patterns=(f"^(a|aa)+{number}$",)), "a" * 60)
    assert extractor.is_exhausted


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        ("[^]x", "a\nx", "\nx"),
        (r"a\cJb", "a\nb", "a\nb"),
        (r"(?<n>a.)\k<n>", "xabab", "abab"),
        ("a[]|b", "ab", "b"),
    ],
)
def test_what_ecmascript_alone_knows_is_tried_as_python_spells_it(
    pattern: str, text: str, value: str
) -> None:
    found = extract(content(patterns=(pattern,)), text)
    assert found is not None
    assert (found.value, found.pattern) == (value, pattern)
