"""The patterns of one slot, beside one another."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.v1.api import COGNIGY_V1
from reconciler.planning.analysis import MAX_STEPS, Analysis
from reconciler.planning.pattern_faults import MAX_ANALYSED_LENGTH
from reconciler.planning.slot_patterns import MAX_COMPARED, can_run, findings
from tests.support.build import content


def analysis(steps: int = MAX_STEPS) -> Analysis:
    return Analysis(api=COGNIGY_V1, steps=steps)


def told(*patterns: str, strategy: str = "firstMatch", kind: str = "regex") -> list[str]:
    given = content(patterns=patterns, fill_strategy=strategy, type=kind)
    return [f"{finding.rule.id} {finding.path[1]}" for finding in findings(given, analysis())]


def test_only_the_first_match_makes_a_later_pattern_unreachable() -> None:
    assert told(r"\d+", r"^\d{4}$") == ["pattern-unreachable 1"]
    assert told(r"^\d{4}$", r"\d+") == []
    for strategy in ("bestMatch", "strict", "fuzzy"):
        assert told(r"\d+", r"^\d{4}$", strategy=strategy) == []
    assert told("a", "ab", kind="list") == []


def test_an_unreachable_pattern_names_the_first_that_hides_it() -> None:
    given = content(patterns=("x", r"\d", r"\d+", "12"), fill_strategy="firstMatch")
    messages = [finding.message for finding in findings(given, analysis())]
    assert [r"'\\d' (pattern 2)" in message for message in messages] == [True, True]


@pytest.mark.parametrize("kind", ["regex", "list"])
@pytest.mark.parametrize("strategy", ["bestMatch", "firstMatch", "strict", "fuzzy"])
def test_a_duplicate_is_told_as_one_and_not_as_unreachable(kind: str, strategy: str) -> None:
    assert told("x", "y", "x", "x", strategy=strategy, kind=kind) == [
        "pattern-duplicate 2",
        "pattern-duplicate 3",
    ]


def test_a_place_counts_as_it_stands_in_the_file_after_a_duplicate() -> None:
    assert told("xy", "xy", "x", "axb") == ["pattern-duplicate 1", "pattern-unreachable 3"]


def test_beyond_a_number_of_patterns_they_are_not_compared() -> None:
    many = [f"^{chr(97 + number)}$" for number in range(MAX_COMPARED)]
    assert told(*many, "^a$x") == []
    assert told(*many[1:], "^b") == []


def test_case_decides_only_where_the_strategy_says_so() -> None:
    assert told("^(a|A)+$", strategy="bestMatch") == []
    assert told("^(a|A)+$", strategy="fuzzy") == ["pattern-catastrophic 0"]


def test_what_hangs_is_not_to_be_run() -> None:
    assert can_run(content(patterns=("(", "x*")), analysis())
    assert can_run(content(patterns=("^(a+)+$",), type="list"), analysis())
    assert not can_run(content(patterns=("x", "^(a+)+$")), analysis())


def test_a_pattern_far_beyond_the_limit_is_neither_analysed_nor_run() -> None:
    longest, too_long = "a" * MAX_ANALYSED_LENGTH, "(a+)+" * 1_400_000
    assert told(longest) == ["pattern-too-long 0"]
    assert told(too_long) == ["pattern-too-long 0", "pattern-not-analysed 0"]
    assert can_run(content(patterns=(longest,)), analysis())
    assert not can_run(content(patterns=(too_long,)), analysis())


def test_once_the_steps_are_used_up_only_free_checks_are_made() -> None:
    given = content(patterns=("^(a+)+$", "^(b+)+$", "(", "b", "bb"), fill_strategy="firstMatch")
    whole, spent = analysis(), analysis(steps=1)
    assert [f"{each.rule.id} {each.path[1]}" for each in findings(given, whole)] == [
        "pattern-catastrophic 0",
        "pattern-catastrophic 1",
        "pattern-invalid 2",
        "pattern-unreachable 4",
    ]
    assert whole.left_out == set()
    for _ in range(2):  # what is known stays known
        assert [f"{each.rule.id} {each.path[1]}" for each in findings(given, spent)] == [
            "pattern-catastrophic 0",
            "pattern-invalid 2",
        ]
    assert spent.left_out == {"^(b+)+$", "(", "b", "bb"}


@pytest.mark.parametrize(
    ("pattern", "empty"),
    [
        *(("a*", True), ("^$", True), ("a?b?", True), ("(a|)", True), (r"\b", True)),
        *(("(?:a{0,3})+", True), (r"(a*)\1", True), ("(?i)a*", True), ("(?=a)", True)),
        *(("a*b", False), ("a+?", False), ("(?i)a", False), ("(a|b)", False)),
        *(("(?:a?b)+", False), ("a*?b", False), ("a{0,3}b", False), ("a{,3}b", False)),
    ],
)
def test_a_pattern_that_matches_the_empty_string_is_told(pattern: str, empty: bool) -> None:
    rules = [each.split()[0] for each in told(pattern)]
    assert ("pattern-matches-empty" in rules) is empty
