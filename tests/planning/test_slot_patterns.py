"""The patterns of one slot, compared with one another."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.planning.analysis import MAX_STEPS, Analysis
from reconciler.planning.slot_patterns import can_run, findings
from tests.support.build import content


def analysis(steps: int = MAX_STEPS) -> Analysis:
    return Analysis(api=COGNIGY_V1, steps=steps)


def broken(*patterns: str, strategy: str = "firstMatch", kind: str = "regex") -> list[str]:
    given = content(patterns=patterns, fill_strategy=strategy, type=kind)
    return [f"{finding.rule.id} {finding.path[1]}" for finding in findings(given, analysis())]


def test_only_the_first_match_makes_a_later_pattern_unreachable() -> None:
    assert broken(r"\d+", r"^\d{4}$") == ["pattern-unreachable 1"]
    assert broken(r"^\d{4}$", r"\d+") == []
    for strategy in ("bestMatch", "strict", "fuzzy"):
        assert broken(r"\d+", r"^\d{4}$", strategy=strategy) == []
    assert broken("a", "ab", kind="list") == []


def test_an_unreachable_pattern_names_the_first_that_hides_it() -> None:
    given = content(patterns=("x", r"\d", r"\d+", "12"), fill_strategy="firstMatch")
    messages = [finding.message for finding in findings(given, analysis())]
    assert [r"'\\d' (pattern 2)" in message for message in messages] == [True, True]


@pytest.mark.parametrize("kind", ["regex", "list"])
@pytest.mark.parametrize("strategy", ["bestMatch", "firstMatch", "strict", "fuzzy"])
def test_a_duplicate_is_not_reported_as_unreachable(kind: str, strategy: str) -> None:
    assert broken("x", "y", "x", "x", strategy=strategy, kind=kind) == [
        "pattern-duplicate 2",
        "pattern-duplicate 3",
    ]


def test_places_after_a_duplicate_are_those_in_the_file() -> None:
    assert broken("xy", "xy", "x", "axb") == ["pattern-duplicate 1", "pattern-unreachable 3"]


def test_patterns_beyond_a_limit_are_not_compared() -> None:
    many = [f"^{chr(97 + number)}$" for number in range(20)]
    assert broken(*many, "^a$x") == []
    assert broken(*many[1:], "^b") == []


def test_case_matters_only_if_the_strategy_ignores_it() -> None:
    assert broken("^(a|A)+$", strategy="bestMatch") == []
    assert broken("^(a|A)+$", strategy="fuzzy") == ["pattern-catastrophic 0"]


def test_a_pattern_that_hangs_is_not_run() -> None:
    assert can_run(content(patterns=("(", "x*")), analysis())
    assert can_run(content(patterns=("^(a+)+$",), type="list"), analysis())
    assert not can_run(content(patterns=("x", "^(a+)+$")), analysis())


def test_a_pattern_far_beyond_the_limit_is_neither_analysed_nor_run() -> None:
    longest, too_long = "a" * 500, "(a+)+" * 1_400_000
    assert broken(longest) == ["pattern-too-long 0"]
    assert broken(too_long) == ["pattern-too-long 0", "pattern-not-analysed 0"]
    assert can_run(content(patterns=(longest,)), analysis())
    assert not can_run(content(patterns=(too_long,)), analysis())


@pytest.mark.parametrize(
    ("patterns", "strategy", "found"),
    [
        ((r"\d{4}", r"\d\d\d\d"), "bestMatch", ["pattern-duplicate 1"]),
        (("^(EU|UK)$", "^x$", "^(?:UK|EU)$"), "bestMatch", ["pattern-duplicate 2"]),
        ((r"\d{4}", r"^\d{4}$"), "bestMatch", []),
        ((r"\d{4}", r"^\d{4}$"), "strict", ["pattern-duplicate 1"]),
        ((r"^\d{4}$", r"^\d{5}$"), "bestMatch", []),
        ((r"\d{4}", r"\d\d\d\d"), "firstMatch", ["pattern-unreachable 1"]),
    ],
)
def test_patterns_that_differ_in_spelling_only_are_duplicates(
    patterns: tuple[str, ...], strategy: str, found: list[str]
) -> None:
    given = content(patterns=patterns, fill_strategy=strategy)
    assert [f"{each.rule.id} {each.path[1]}" for each in findings(given, analysis())] == found


def test_without_steps_no_pattern_is_said_to_be_spelled_otherwise() -> None:
    given, spent = content(patterns=(r"\d{4}", r"\d\d\d\d")), analysis(steps=0)
    assert list(findings(given, spent)) == []
    assert spent.left_out == {r"\d\d\d\d"}


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
    for _ in range(2):  # results are kept
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
def test_a_pattern_that_matches_the_empty_string_is_reported(pattern: str, empty: bool) -> None:
    rules = [each.split()[0] for each in broken(pattern)]
    assert ("pattern-matches-empty" in rules) is empty
