"""Catastrophic backtracking is proven when reported, and never reported for ordinary patterns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.patterns.alphabet import LINE_BREAK, Alphabet
from reconciler.patterns.backtracking import Effort, Matcher, OutOfStepsError
from reconciler.patterns.catastrophe import (
    MAX_STEPS,
    Attack,
    _explodes,
    find_attack,
    is_ambiguous,
    is_slow_on,
)
from reconciler.patterns.characters import ASCII_WORD, CharacterSet
from reconciler.patterns.ecmascript.parsing import read
from reconciler.patterns.parsing import parse
from reconciler.patterns.program import compiled
from reconciler.patterns.syntax import Anchor, Node, distinguished
from tests.support.patterns import CATASTROPHIC_PATTERNS, ORDINARY

E_ACUTE = CharacterSet(((0xE9, 0xE9),))


def attack_on(pattern: str, *, ignore_case: bool = False) -> Attack | None:
    tree = parse(pattern)
    return find_attack(tree, ignore_case=ignore_case, effort=Effort()) if tree else None


@pytest.mark.parametrize("pattern", CATASTROPHIC_PATTERNS)
def test_an_attack_on_a_catastrophic_pattern_is_found(pattern: str) -> None:
    assert attack_on(pattern) is not None


@pytest.mark.parametrize("pattern", ORDINARY)
def test_no_attack_on_an_ordinary_pattern_is_found(pattern: str) -> None:
    assert attack_on(pattern) is None
    assert attack_on(pattern, ignore_case=True) is None


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
def test_only_growth_at_a_steady_rate_is_an_explosion(counts: list[int], verdict: bool) -> None:
    assert _explodes(counts) is verdict


@pytest.mark.parametrize(("kind", "places"), [("b", [0, 2]), ("B", [1]), ("w", [1, 2]), ("W", [0])])
def test_a_word_boundary_is_that_of_unicode_or_of_ascii(kind: str, places: list[int]) -> None:
    boundary = Anchor(kind)
    alphabet = Alphabet([*distinguished(Anchor("w")), *distinguished(Anchor("b")), E_ACUTE])
    text = "é" + alphabet.sample(alphabet.mask(ASCII_WORD))
    matcher = Matcher(text, alphabet=alphabet, limit=1_000)
    program = compiled(boundary, alphabet)
    assert [at for at in range(3) if matcher.match(program, at) is not None] == places


@pytest.mark.parametrize(("body", "is_attacked"), [(r"^(\w|é)+$", False), (r"^(\w|e)+$", True)])
def test_javascript_patterns_are_attacked_by_their_own_sets(body: str, is_attacked: bool) -> None:
    attack = find_attack(read(body).tree, ignore_case=False, effort=Effort())
    assert (attack is not None) is is_attacked


def test_an_attack_may_need_a_boundary_of_ascii_words() -> None:
    """To Unicode, a word ends between é and the hyphen."""
    pattern = r"^(?:é-|é\B-)+$"
    assert attack_on(pattern) is None
    assert find_attack(read(pattern).tree, ignore_case=False, effort=Effort()) is not None


def test_there_are_many_ordinary_patterns() -> None:
    assert len(set(ORDINARY)) >= 60


def test_whether_two_branches_overlap_may_depend_on_case() -> None:
    assert attack_on("^(a|A)+$") is None
    assert attack_on("^(a|A)+$", ignore_case=True) is not None


def steps(tree: Node, text: str, *, limit: int) -> int:
    alphabet = Alphabet([*distinguished(tree), LINE_BREAK])
    matcher = Matcher(text, alphabet=alphabet, limit=limit)
    try:
        matcher.search(compiled(tree, alphabet))
    except OutOfStepsError:
        return limit
    return matcher.steps


@pytest.mark.parametrize("pattern", [*CATASTROPHIC_PATTERNS[:7], *CATASTROPHIC_PATTERNS[8:]])
def test_each_additional_pump_of_an_attack_multiplies_the_steps(pattern: str) -> None:
    tree, attack = parse(pattern), attack_on(pattern)
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
def test_every_reported_attack_is_proven(pattern: str) -> None:
    tree, attack = parse(pattern), attack_on(pattern)
    if tree is not None and attack is not None:
        assert len(attack.text) < 300
        assert steps(tree, attack.text, limit=MAX_STEPS) >= attack.steps >= 1_000


@pytest.mark.parametrize(
    "pattern", ["(" * 100, "(" * 50 + ")" * 50, "(?:a{0,50}){50}", "(a?){50}" * 6]
)
def test_a_pattern_that_is_too_large_is_not_analysed(pattern: str) -> None:
    assert attack_on(pattern) is None


@pytest.mark.parametrize("pattern", [r"^(?P<x>(a|aa)+)$", r"^(?<x>(\w+\s?)+)$"])
def test_an_attack_inside_a_named_group_is_found(pattern: str) -> None:
    assert attack_on(pattern) is not None


@pytest.mark.parametrize(
    ("pattern", "ambiguous"),
    [
        *((each, True) for each in ("(a+)+", "(a*)*", "(a|a)*", "(?>a|aa)*", r"(\w+\d*)+")),
        *((each, False) for each in ("(a|b)*", "(a+b)*", ".*.*", r"(\d{16} ?)+", "(a{4,6}b)*")),
        ("(a{1,9}){1,9}", False),  # tried completely within the limits
        ("(a{1,20}b){9}", False),  # too large to write out
        ("(a{1,50}){1,50}", True),
        ("((a?){70}b)*", True),  # so many ways that the search is given up
        ("((((((a|b){5}){5}){5}){5})c)*", True),  # too large to analyse at all
    ],
)
def test_a_loop_can_be_ambiguous_without_a_proof(pattern: str, ambiguous: bool) -> None:
    tree = parse(pattern)
    assert tree is not None
    assert is_ambiguous(tree, ignore_case=False) is ambiguous


@pytest.mark.parametrize(
    ("pattern", "text", "slow"),
    [
        ("(?:a?){50}a{50}", "a" * 50, True),
        ("(?:a?){50}a{50}", "b" * 50, False),
        ("(?:a?){50}a{50}", "aa", False),
        ("(a|aa)+$", "a" * 60 + "!", True),
        ("(a|aa)+$", "a" * 60, False),
        ("(?:ab|cd)+$", "ab" * 200 + "!", False),
        ("((((((a|b){5}){5}){5}){5}){5}c)*", "ab", True),  # too large to try
    ],
)
def test_a_search_of_one_text_is_tried_for_as_many_steps(
    pattern: str, text: str, slow: bool
) -> None:
    tree = parse(pattern)
    assert tree is not None
    assert is_slow_on(text, tree, ignore_case=False) is slow


def test_whether_a_search_is_slow_may_depend_on_case() -> None:
    tree = parse("(?:A?){50}a{50}")
    assert tree is not None
    assert not is_slow_on("a" * 49, tree, ignore_case=False)
    assert is_slow_on("a" * 49, tree, ignore_case=True)


def test_whether_a_loop_is_ambiguous_may_depend_on_case() -> None:
    tree = parse("(a|A)*")
    assert tree is not None
    assert not is_ambiguous(tree, ignore_case=False)
    assert is_ambiguous(tree, ignore_case=True)
