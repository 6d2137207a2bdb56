"""One budget of steps for many patterns."""

from __future__ import annotations

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.planning.analysis import MAX_STEPS, Analysis

HANGS = "^(a+)+$"
HANGS_TOO = "^(b+)+$"


def rules(analysis: Analysis, pattern: str) -> list[str]:
    return [each.rule.id for each in analysis.faults(pattern, ignore_case=False)]


def test_with_steps_left_nothing_is_left_out() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=MAX_STEPS)
    assert rules(analysis, HANGS) == rules(analysis, HANGS_TOO) == ["pattern-catastrophic"]
    assert analysis.shadows("b", "bb")
    assert not analysis.shadows("bb", "b")
    assert analysis.left_out == set()


def test_the_last_step_pays_for_a_whole_pattern_and_what_is_known_stays_known() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=1)
    assert rules(analysis, HANGS) == ["pattern-catastrophic"]
    assert rules(analysis, HANGS_TOO) == []
    assert rules(analysis, HANGS) == ["pattern-catastrophic"]
    assert analysis.left_out == {HANGS_TOO}


def test_without_steps_a_pattern_is_judged_at_sight_and_left_out_if_there_may_be_more() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=0)
    assert rules(analysis, "") == ["pattern-empty"]
    assert rules(analysis, "x") == []
    assert analysis.left_out == set()
    assert rules(analysis, HANGS) == []
    assert analysis.left_out == {HANGS}


def test_without_steps_no_pattern_shadows_another() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=0)
    assert not analysis.shadows("b", "bb")
    assert analysis.left_out == {"bb"}


def test_what_a_comparison_of_two_patterns_costs_comes_out_of_the_same_budget() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=1)
    assert analysis.shadows("b", "bb")
    assert not analysis.shadows("c", "cc")
    assert rules(analysis, HANGS) == []


def test_whether_case_is_ignored_makes_two_patterns_of_one() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=MAX_STEPS)
    mixed = "^(a|A)+$"
    assert rules(analysis, mixed) == []
    ignoring = analysis.faults(mixed, ignore_case=True)
    assert [each.rule.id for each in ignoring] == ["pattern-catastrophic"]
    assert rules(analysis, mixed) == []
