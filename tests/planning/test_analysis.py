"""One budget of steps for many patterns."""

from __future__ import annotations

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.planning.analysis import MAX_STEPS, Analysis
from tests.support.build import content

HANGS = "^(a+)+$"
HANGS_TOO = "^(b+)+$"


def rules(analysis: Analysis, pattern: str) -> list[str]:
    return [each.rule.id for each in analysis.faults(pattern, ignore_case=False)]


def test_while_steps_are_left_no_pattern_is_left_out() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=MAX_STEPS)
    assert rules(analysis, HANGS) == rules(analysis, HANGS_TOO) == ["pattern-catastrophic"]
    assert analysis.shadows("b", "bb")
    assert not analysis.shadows("bb", "b")
    assert analysis.left_out == set()


def test_the_last_step_pays_for_a_whole_pattern_and_results_are_kept() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=1)
    assert rules(analysis, HANGS) == ["pattern-catastrophic"]
    assert rules(analysis, HANGS_TOO) == []
    assert rules(analysis, HANGS) == ["pattern-catastrophic"]
    assert analysis.left_out == {HANGS_TOO}


def test_without_steps_a_pattern_gets_only_free_checks_and_is_left_out_if_they_do_not_decide() -> (
    None
):
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


def test_comparing_two_patterns_takes_steps_from_the_same_budget() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=1)
    assert analysis.shadows("b", "bb")
    assert not analysis.shadows("c", "cc")
    assert rules(analysis, HANGS) == []


def test_a_pattern_is_analysed_separately_for_either_case_sensitivity() -> None:
    analysis = Analysis(api=COGNIGY_V1, steps=MAX_STEPS)
    mixed = "^(a|A)+$"
    assert rules(analysis, mixed) == []
    ignoring = analysis.faults(mixed, ignore_case=True)
    assert [each.rule.id for each in ignoring] == ["pattern-catastrophic"]
    assert rules(analysis, mixed) == []


def test_whether_two_patterns_mean_the_same_costs_two_thousand_steps_at_least() -> None:
    given = content(patterns=(r"(a)\1", r"(b)\1"))  # not modelled, so it costs no more
    for steps, left_out in ((2_001, set[str]()), (2_000, {r"(b)\1"})):
        analysis = Analysis(api=COGNIGY_V1, steps=steps)
        for _ in range(2):
            assert not analysis.respelled(*given.patterns, content=given)
        assert analysis.left_out == left_out
