"""Catastrophic backtracking: proven where it is told, and never told of an ordinary pattern."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.planning.patterns import CATASTROPHIC, faults
from reconciler.planning.patterns.backtracking import Effort, Matcher, OutOfStepsError
from reconciler.planning.patterns.catastrophe import MAX_STEPS, _explodes, find_attack
from reconciler.planning.patterns.characters import Universe
from reconciler.planning.patterns.parsing import parse
from reconciler.planning.patterns.program import compiled
from reconciler.planning.patterns.syntax import Characters, Node, walk

CATASTROPHIC_PATTERNS = [
    r"(a+)+$",
    r"^(a|aa)+$",
    r"^(a|a)*$",
    r"(a*)*b",
    r"(a*?)*?b",
    r"(x+x+)+y",
    r"(.*a){11}$",
    r"(a+){10}b",
    r"^(\d{4,6})+$",
    r"^(\w+\s?)*$",
    r"^(\w+\s?){1,10}$",
    r"^([a-zA-Z0-9]+\s?)+$",
    r"^(([a-z])+.)+[A-Z]([a-z])+$",
    r"^(\w|\d)+$",
    r"^([^-]|\w)+$",
    r"^(?=a)(a+)+$",
    r"(?<!x)(a|b|ab)*c",
    r"\b(\w+)*\b!",
    r"(?:a?b?)*c",
    r"^(?:a|b|ab)+[^z]?$",
    r"^((a+)+b|a)",
    r"(a++b|(c+)+)+d",
    r"^((?>a)|aa)+$",
]
ORDINARY = [
    *(r"^[\w.+-]+@[\w-]+\.[a-z]{2,10}$", r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    *(r"^\w+([.-]?\w+)@\w+\.\w{2,3}$", r"^[\w.]+@([\w-]+\.)+[a-z]{2,4}$"),
    *(r"^\d{4}-\d{2}-\d{2}$", r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$", r"^(0?[1-9]|1[0-2])/\d{4}$"),
    *(r"^(0[1-9]|[12]\d|3[01])\.(0[1-9]|1[0-2])\.\d{4}$", r"^\d{1,2}(st|nd|rd|th)? \w+ \d{4}$"),
    *(r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?Z?$", r"^([01]?\d|2[0-3]):[0-5]\d$"),
    *(r"^(1[0-2]|0?[1-9])(:[0-5]\d)? ?[ap]m$", r"^\d+ (day|week|month)s?$"),
    *(r"^\+\d{2} \d{2,4} \d{6,8}$", r"^0\d{2,4}[ /-]\d{6,8}$", r"^\+?\d{1,3}([ -]?\d{2,4}){2,4}$"),
    *(r"^\(?\d{3}\)?[ -]?\d{3}[ -]?\d{4}$", r"^(\+\d{1,2} )?\d{3}-\d{4}$", r"^\+(\d ?){7,15}$"),
    *(r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$", r"^#?\d{6,}$", r"^(PO|SO)[- ]?\d+$", r"^RMA ?\d{7}$"),
    *(r"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$", r"^[A-Z]{2}\d{2}( ?[A-Z0-9]{4}){3,7}$", r"^DE\d{20}$"),
    *(r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$", r"^(\d{4}[ -]?){3}\d{4}$", r"^\d{3,4}$"),
    *(r"^4\d{12}(\d{3})?$", r"^\d{13,19}$", r"^(0[1-9]|1[0-2])/\d{2}$"),
    *(r"^\d{5}(-\d{4})?$", r"^[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}$", r"^[A-Z]\d[A-Z] ?\d[A-Z]\d$"),
    *(r"^\d+([.,]\d{2})? ?(EUR|€|\$)$", r"^\d{1,3}(,\d{3})*(\.\d\d)?$", r"^-?\d+(\.\d+)?$"),
    *(r"^(\d+)(,\d+)*$", r"^\d+( \d+)*$", r"^([A-Z]+;)*[A-Z]+$", r"^[a-z]+(-[a-z]+)*$"),
    *(r"^(\d{1,3}\.){3}\d{1,3}$", r"^[0-9a-f]{2}(:[0-9a-f]{2}){5}$", r"^#([0-9a-f]{3}){1,2}$"),
    *(r"^https?://[\w.-]+(/[\w./-]*)?$", r"^(www\.)?[\w-]+(\.[\w-]+)+$", r"^@\w{1,15}$"),
    *(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", r"^1Z[A-Z0-9]{16}$", r"^v?\d+(\.\d+)*$"),
    *(r"^(yes|no|maybe)$", r"^(EU|UK|APAC)$", r"\b(cancel|stop|quit)\b", r"(?i)^(ja|nein)$"),
    *(r"^(Mr|Mrs|Ms|Dr)\.? [A-Z]\w+$", r"^[A-Z][a-z]+( [A-Z][a-z]+)*$", r"^.{1,40}$"),
    *(r"^\s*\w+\s*$", r"^(?=.*\d)(?=.*[a-z]).{8,}$", r"^(?!000)\d{3}-\d{2}-\d{4}$"),
    *(r"^(\w+, )*\w+$", r"\d+\s*(?:kg|g|lb)", r'"([^"\\]|\\.)*"', r"^(a|b|c)*$", r"(ab|cd)+"),
    *(r"(\d+)\s+items?", r"^flight [A-Z]{2} ?\d{1,4}$", r"^[ABCDE]\d{1,2}([A-F])?$", r"(.*)"),
    *(r"(a+)+", r"(?>a+)+b", r"(a++)+b", r"^(a+)\1$", r"^(?:a?|b?)*c", r"^(ab?)+$", r".*x.*y.*"),
]


def rules(pattern: str) -> list[str]:
    return [fault.rule for fault in faults(pattern) if fault.rule == CATASTROPHIC]


@pytest.mark.parametrize("pattern", CATASTROPHIC_PATTERNS)
def test_a_catastrophic_pattern_is_an_error_that_shows_its_input(pattern: str) -> None:
    (fault,) = [fault for fault in faults(pattern) if fault.rule == CATASTROPHIC]
    tree = parse(pattern)
    assert tree is not None
    attack = find_attack(tree, ignore_case=False, effort=Effort())
    assert attack is not None
    assert repr(attack.text) in fault.message
    assert f"{attack.steps:,}" in fault.message


@pytest.mark.parametrize("pattern", ORDINARY)
def test_an_ordinary_pattern_has_no_error(pattern: str) -> None:
    assert [fault for fault in faults(pattern) if fault.severity.value == "error"] == []
    again = faults(pattern, ignore_case=True)
    assert [fault for fault in again if fault.severity.value == "error"] == []


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ([10, 20, 40, 80], True),
        ([10, 60, 360, 2160], True),
        ([10, 20, 40], False),
        ([10, 15, 22, 33], False),
        ([number**3 for number in range(1, 6)], False),
        ([number**9 for number in range(1, 13)], False),
    ],
)
def test_only_growth_that_does_not_slow_down_is_an_explosion(
    counts: list[int], verdict: bool
) -> None:
    assert _explodes(counts) is verdict


def test_the_ordinary_patterns_are_many() -> None:
    assert len(set(ORDINARY)) >= 60


def test_what_two_branches_share_may_depend_on_the_case() -> None:
    assert rules("^(a|A)+$") == []
    assert [fault.rule for fault in faults("^(a|A)+$", ignore_case=True)] == [CATASTROPHIC]


def steps(tree: Node, text: str, *, limit: int) -> int:
    sets = [node.taken for node in walk(tree) if isinstance(node, Characters)]
    universe = Universe(sets, ignore_case=False)
    matcher = Matcher(text, universe=universe, limit=limit)
    try:
        matcher.search(compiled(tree, universe))
    except OutOfStepsError:
        return limit
    return matcher.steps


@pytest.mark.parametrize("pattern", [*CATASTROPHIC_PATTERNS[:7], *CATASTROPHIC_PATTERNS[8:]])
def test_each_further_pump_of_an_attack_multiplies_the_steps(pattern: str) -> None:
    tree = parse(pattern)
    attack = find_attack(tree, ignore_case=False, effort=Effort()) if tree else None
    assert tree
    assert attack
    counts = [
        steps(tree, attack.prefix + attack.pump * times + attack.suffix, limit=10 * MAX_STEPS)
        for times in range(attack.times - 2, attack.times + 1)
    ]
    assert counts[1] > 1.4 * counts[0]
    assert counts[2] > 1.4 * counts[1]
    assert counts[2] > MAX_STEPS


SMALL = st.recursive(
    st.sampled_from(["a", "b", "[ab]", ".", r"\d", r"\b", "$", "^", "[^a]", "ab"]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{2,4}", "{3,}", "*?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_what_is_told_is_proven(pattern: str) -> None:
    tree = parse(pattern)
    attack = find_attack(tree, ignore_case=False, effort=Effort()) if tree else None
    if tree is not None and attack is not None:
        assert len(attack.text) < 300
        assert steps(tree, attack.text, limit=MAX_STEPS) >= attack.steps >= 1_000


@settings(deadline=None)
@given(st.text(alphabet=r"ab1,{}()[]*+?|\^$.-:=!<>PxNR&#k", max_size=50))
def test_no_text_makes_the_analysis_raise(pattern: str) -> None:
    for ignore_case in (False, True):
        assert all(fault.message for fault in faults(pattern, ignore_case=ignore_case))


@pytest.mark.parametrize(
    "pattern", ["(" * 100, "(" * 50 + ")" * 50, "(?:a{0,50}){50}", "(a?){50}" * 6]
)
def test_a_pattern_too_large_to_analyse_is_left_alone(pattern: str) -> None:
    assert rules(pattern) == []


@pytest.mark.parametrize("pattern", [r"^(?P<x>(a|aa)+)$", r"^(?<x>(\w+\s?)+)$"])
def test_a_name_hides_no_catastrophe(pattern: str) -> None:
    assert "pattern-catastrophic" in {fault.rule for fault in faults(pattern)}


def test_a_named_group_is_no_catastrophe_by_itself() -> None:
    found = {fault.rule for fault in faults(r"(?P<year>\d{4})-(?P<month>\d\d)")}
    assert found == {"pattern-not-ecmascript"}
