"""The rules for one pattern."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.api import PatternLimits
from reconciler.model.problem import Severity
from reconciler.model.rules.engines import PATTERN_CATASTROPHIC, PATTERN_NOT_ANALYSED
from reconciler.patterns.backtracking import Effort
from reconciler.patterns.catastrophe import find_attack
from reconciler.patterns.parsing import parse
from reconciler.planning.pattern_faults import faults
from tests.support.apis import OTHER
from tests.support.patterns import CATASTROPHIC_PATTERNS, ORDINARY

LIMITS = COGNIGY_V1.patterns
MAX_PATTERN_LENGTH = 50


def rules(pattern: str) -> list[str]:
    return [fault.rule.id for fault in faults(pattern, limits=LIMITS)]


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[A-Z]{2}-\d{4,6}$",
        "ä",
        r"\\u0041",
        r"\x41",
        "a" * MAX_PATTERN_LENGTH,
        "." * MAX_PATTERN_LENGTH,
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
def test_a_construct_that_engines_read_differently_is_a_warning(pattern: str) -> None:
    assert {fault.rule.severity for fault in faults(pattern, limits=LIMITS)} == {Severity.WARNING}


@settings(deadline=None)
@given(st.text(alphabet=r"ab1,{}()[]*+?|\^$.-:=!<>PpuxNR&#\u00e9", max_size=40))
def test_no_text_makes_the_rules_raise(pattern: str) -> None:
    for ignore_case in (False, True):
        found = faults(pattern, limits=LIMITS, ignore_case=ignore_case)
        assert all(fault.rule and fault.message and fault.hint for fault in found)


@pytest.mark.parametrize(
    "pattern", ["(?R)", "a(?R){2,3}", "(a)(?1)", "(a)(?-1)", "(?&x)", "(?P>x)"]
)
def test_a_pattern_that_refers_back_to_a_pattern_is_invalid(pattern: str) -> None:
    assert rules(pattern) == ["pattern-invalid"]


@pytest.mark.parametrize("pattern", CATASTROPHIC_PATTERNS)
def test_a_catastrophic_pattern_is_an_error_that_shows_its_input(pattern: str) -> None:
    tree = parse(pattern)
    attack = find_attack(tree, ignore_case=False, effort=Effort()) if tree else None
    assert attack is not None
    (fault,) = [
        fault for fault in faults(pattern, limits=LIMITS) if fault.rule == PATTERN_CATASTROPHIC
    ]
    assert fault.rule.severity is Severity.ERROR
    assert repr(attack.text) in fault.message
    assert f"{attack.steps:,}" in fault.message


@pytest.mark.parametrize("ignore_case", [False, True])
@pytest.mark.parametrize("pattern", ORDINARY)
def test_patterns_as_people_write_them_have_no_errors(pattern: str, ignore_case: bool) -> None:
    found = faults(pattern, limits=LIMITS, ignore_case=ignore_case)
    assert [fault for fault in found if fault.rule.severity is Severity.ERROR] == []


def test_case_decides_whether_two_branches_share_a_character() -> None:
    assert rules("^(a|A)+$") == []
    assert [fault.rule for fault in faults("^(a|A)+$", limits=LIMITS, ignore_case=True)] == [
        PATTERN_CATASTROPHIC
    ]


def test_a_named_group_is_reported_with_or_without_a_catastrophe() -> None:
    assert PATTERN_CATASTROPHIC.id in rules(r"^(?P<x>(a|aa)+)$")
    assert rules(r"(?P<year>\d{4})-(?P<month>\d\d)") == ["pattern-not-ecmascript"]


@pytest.mark.parametrize("pattern", ["a" * (MAX_PATTERN_LENGTH + 1), r"\u00e9", "(?i)x", "[^]x"])
def test_the_limits_are_those_of_the_api(pattern: str) -> None:
    assert faults(pattern, limits=LIMITS) != ()
    assert faults(pattern, limits=OTHER.patterns) == ()


def test_an_api_may_refuse_other_escapes() -> None:
    limits = PatternLimits(regex_type="regex", untrainable=("\\b",))
    assert [each.rule.id for each in faults(r"\bx", limits=limits)] == ["pattern-unicode-escape"]
    assert faults(r"\\bx", limits=limits) == ()


def test_a_pattern_too_long_to_be_analysed_is_reported_for_any_api() -> None:
    (fault,) = faults("a" * 501, limits=OTHER.patterns)
    assert fault.rule == PATTERN_NOT_ANALYSED
