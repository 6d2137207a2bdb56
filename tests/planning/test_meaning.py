"""What a change of patterns means, with the texts that a reviewer reads."""

from __future__ import annotations

from random import Random

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.content import FillerContent, SlotContent
from reconciler.model.effect import Effect, Verdict
from reconciler.patterns import walk, world
from reconciler.planning.meaning import effect_of
from reconciler.planning.trial import Trial
from tests.support.build import content
from tests.support.edited_patterns import edit, pattern

ARABIC_INDIC_DIGIT = "\u0660"


def effect(
    before: str | list[str],
    after: str | list[str],
    *examples: str,
    strategy: str = "bestMatch",
    later: str | None = None,
    slot_type: str = "regex",
) -> Effect:
    sides = [
        content(
            patterns=tuple([patterns] if isinstance(patterns, str) else patterns),
            fill_strategy=name,
            type=slot_type,
        )
        for patterns, name in ((before, strategy), (after, later or strategy))
    ]
    trial = Trial(COGNIGY_V1)
    return effect_of(sides[0], sides[1], examples=examples, api=COGNIGY_V1, trial=trial)


def filler(regex: str, kind: str = "regex") -> SlotContent:
    return FillerContent(flow="main", name="n", type=kind, regex=regex)


def filler_effect(before: SlotContent, after: SlotContent) -> Effect:
    return effect_of(before, after, examples=(), api=COGNIGY_V2, trial=Trial(COGNIGY_V2))


def rows(found: Effect) -> list[str]:
    """As a reviewer reads them: + newly, - no longer; from what, to what; for whom."""
    return [
        f"{sign} {each.text} ({each.before} -> {each.after})"
        + (" own" if each.own_example else "")
        + (f" {each.engine}" if each.engine else "")
        + (f" all of {each.all_of}" if each.all_of else "")
        for sign, witnesses in (("+", found.newly_takes), ("-", found.no_longer_takes))
        for each in witnesses
    ]


@pytest.mark.parametrize(
    ("before", "after", "examples", "verdict", "expected"),
    [
        (
            [r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$"],
            r"^[A-Z]{2}-?\d{4,6}$",
            ["AB-1234", "ORD-12345"],
            Verdict.DIFFERENT,
            [
                r"+ AB1234 (None -> AB1234) all of [A-Z]{2}\d{4,6}",
                r"- ORD-12345 (ORD-12345 -> None) own all of ORD-\d{5}",
            ],
        ),
        (
            r"^(0|\+?254)?7\d{8}$",
            r"^(0|\+?254)1\d{8}$",
            ["0712345678"],
            Verdict.DIFFERENT,
            [
                r"+ 0112345678 (None -> 0112345678) all of 01\d{8}",
                r"+ +254156789012 (None -> +254156789012) all of \+?2541\d{8}",
                r"- 0712345678 (0712345678 -> None) own all of 0?7\d{8}",
                r"- +254756789012 (+254756789012 -> None) all of \+?2547\d{8}",
            ],
        ),
        (r"^(yes|no)$", r"^(yes|no|maybe)$", [], Verdict.WIDER, ["+ maybe (None -> maybe)"]),
        (
            r"^#?\d{6,}$",
            r"^#?\d{5,}$",
            ["#123456"],
            Verdict.WIDER,
            [r"+ #12345 (None -> #12345) all of #?\d{5}"],
        ),
        (
            r"^\d{4}-\d{2}-\d{2}$",
            r"^\d{4}-(0[1-9]|1[0-2])-\d{2}$",
            ["2026-03-14"],
            Verdict.NARROWER,
            ["- 2026-00-14 (2026-00-14 -> None)"],
        ),
        (
            r"^(?=.*\d)(?=.*[a-z]).{8,}$",
            r"^(?=.*\d)(?=.*[A-Z]).{8,}$",
            [],
            Verdict.DIFFERENT,
            ["+ 1234567A (None -> 1234567A)", "- 1234567a (1234567a -> None)"],
        ),
        (
            r"^\d{4}$",
            "^[0-9]{4}$",
            [],
            Verdict.NARROWER,
            [f"- 123{ARABIC_INDIC_DIGIT} (123{ARABIC_INDIC_DIGIT} -> None) python"],
        ),
        (r"^a{200}$", r"^a{200}$|^b$", [], Verdict.WIDER, ["+ b (None -> b)"]),
        ("(a", "(a)", [], Verdict.WIDER, ["+ a (None -> a)"]),
        (
            "^\u00e4$",
            "^\u00f6$",
            [],
            Verdict.DIFFERENT,
            ["+ \u00f6 (None -> \u00f6)", "- \u00e4 (\u00e4 -> None)"],
        ),
    ],
)
def test_a_change_is_told_by_the_texts_that_move(
    before: str | list[str],
    after: str,
    examples: list[str],
    verdict: Verdict,
    expected: list[str],
) -> None:
    found = effect(before, after, *examples)
    assert rows(found) == expected
    assert found.verdict is verdict
    assert found.undetermined is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (r"^\d\d\d\d$", r"^\d{4}$"),
        (r"^(EU|UK)$", r"^(?:UK|EU)$"),
        ("^[A-Z]{1,}$", "^[A-Z]+$"),
        (["a+", "^b$"], ["^b$", "a+"]),
        (r"^\w$", r"^[\w]$"),
    ],
)
def test_where_only_the_spelling_changes_the_texts_are_the_same(
    before: str | list[str], after: str | list[str]
) -> None:
    assert effect(before, after, "AB-1234") == Effect(verdict=Verdict.SAME)


def test_where_the_same_texts_are_taken_longer_ones_may_differ() -> None:
    found = effect(r"\b[A-Z]{2}-\d+\b", r"[A-Z]{2}-\d+", "AB-1234")
    assert (found.verdict, found.no_longer_takes) == (Verdict.WIDER, ())
    (witness,) = found.newly_takes
    assert witness.in_longer_text
    assert (witness.before, witness.after is not None) == (None, True)


def test_a_text_of_which_a_part_was_taken_says_which() -> None:
    found = effect(r"\d{4}", r"\d{4,6}")
    assert [(each.before, each.after == each.text) for each in found.newly_takes] == [
        ("1234", True)
    ]


@pytest.mark.parametrize(
    ("patterns", "strategy", "later", "expected"),
    [
        (["ab?", "abc"], "bestMatch", "firstMatch", ["- abc (abc -> ab)"]),
        (["ab?", "abc"], "firstMatch", "bestMatch", ["+ abc (ab -> abc)"]),
        (["a|ab"], "bestMatch", "strict", ["+ ab (a -> ab)"]),
        (["^ab$"], "bestMatch", "fuzzy", ["+ AB (None -> AB) all of A[Bb]", "+ aB (None -> aB)"]),
        (["ab", "abc"], "firstMatch", "strict", ["+ abc (ab -> abc)"]),
    ],
)
def test_a_change_of_the_fill_strategy_is_told_too(
    patterns: list[str], strategy: str, later: str, expected: list[str]
) -> None:
    assert rows(effect(patterns, patterns, strategy=strategy, later=later)) == expected


def test_under_first_match_the_order_matters() -> None:
    found = effect(["ab?", "abc"], ["abc", "ab?"], strategy="firstMatch")
    assert rows(found) == ["+ abc (ab -> abc)"]
    assert effect(["ab?", "abc"], ["abc", "ab?"]).verdict is Verdict.SAME


def test_phrases_are_taken_in_either_case() -> None:
    found = effect(["red", "blue"], ["red", "Green+"], slot_type="colour")
    assert {each.text.lower() for each in found.newly_takes} == {"green+"}
    assert {each.text.lower() for each in found.no_longer_takes} == {"blue"}
    assert effect(["red"], ["RED"], slot_type="colour").verdict is Verdict.SAME


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (r"(a)\1", r"(b)\1", r"\1 refers back (pattern 1)"),
        ("^a$", r"^(?>a)$", "it has an atomic group or a possessive quantifier (pattern 1)"),
        ("^a$", "^(?=a(?=b))$", "one lookaround is within another (pattern 1)"),
        ("(?:a|)*", "(?:|a)*", "it repeats what can be empty (pattern 1)"),
        ("^a{5000}$", "^a$", "its counts are too large"),
        ("^a$", "^" + "a" * 120, "it has more than 100 characters (pattern 1)"),
    ],
)
def test_what_is_not_modelled_is_not_determined(before: str, after: str, reason: str) -> None:
    found = effect(before, after)
    assert found.verdict is Verdict.UNDETERMINED
    assert found.undetermined is not None
    assert found.undetermined.endswith(reason)


def test_a_construct_of_python_alone_is_compared_for_python() -> None:
    assert effect("^(?P<n>a)$", "^(?P<n>[ab])$").verdict is Verdict.WIDER
    assert effect("(?i)^a$", "^[aA]$").verdict is Verdict.SAME


def test_of_javascript_only_its_own_rules_count() -> None:
    assert filler_effect(filler("/^[0-9]+$/"), filler(r"/^\d+$/")) == Effect(verdict=Verdict.SAME)
    found = filler_effect(filler(r"/^\d+$/"), filler(r"/^\w+$/"))
    assert rows(found) == [r"+ 12A (None -> 12A) all of \d*[A-Z_a-z]\w*"]


def test_halves_of_characters_are_not_guessed_at() -> None:
    found = filler_effect(filler("/\U0001f600/"), filler("/\U0001f601/"))
    assert found.undetermined == "characters beyond U+FFFF are two to JavaScript"


def test_an_empty_match_extracts_nothing_from_a_slot_filler() -> None:
    found = filler_effect(filler("/^a*/"), filler("/^(?:a*)/"))
    assert found.verdict is Verdict.SAME
    assert found.undetermined == "in longer texts, a match of it can be empty"


def test_what_a_type_of_the_tenant_takes_is_not_known() -> None:
    found = filler_effect(filler("/a/"), filler("/a/", "number"))
    assert found.undetermined == "the tenant decides what a slot of type number takes"


def test_an_effect_on_a_pattern_that_may_hang_is_told_by_the_model() -> None:
    (tried,) = effect("^a$", "^ab?$").newly_takes
    assert (tried.text, tried.by_model) == ("ab", False)
    found = effect("^(a+)+$", "^(a+)+b?$")
    assert found.verdict is Verdict.WIDER
    (newly,) = found.newly_takes
    assert (newly.by_model, newly.before, newly.after) == (True, None, newly.text)
    (no_longer,) = effect("^(a+)+b?$", "^(a+)+$").no_longer_takes
    told = no_longer.by_model, no_longer.before, no_longer.after
    assert told == (True, no_longer.text, None)


@pytest.mark.parametrize("block", range(2))
def test_no_trial_contradicts_the_analysis_and_every_text_that_is_told_is_real(block: int) -> None:
    """A contradiction would be a fault of the analysis that the trial has caught."""
    random = Random(block)
    strategies = [each.name for each in COGNIGY_V1.strategies]
    for _ in range(40):
        before = [pattern(random) for _ in range(random.choice([1, 1, 2]))]
        after = [edit(random, before[0]), *before[1:]]
        found = effect(before, after, "a1", strategy=random.choice(strategies))
        assert "contradicts" not in (found.undetermined or "")
        for witness in (*found.newly_takes, *found.no_longer_takes):
            assert witness.before != witness.after
        if found.verdict is Verdict.SAME:
            assert not (found.newly_takes or found.no_longer_takes)


def test_the_effect_of_an_edit_is_the_same_each_time() -> None:
    edits = [(r"^[A-Z]{2}-\d{4,6}$", r"^[A-Z]{2}-?\d{4,6}$"), (r"(\w+ ){1,9}x", r"(\w+ ?){1,9}y")]
    for before, after in edits:
        assert effect(before, after) == effect(before, after)


def test_where_the_steps_are_used_up_nothing_more_is_claimed() -> None:
    found = effect(
        r"(?:\W)(?:a1)+?(?:a1)$",
        r"^1(?:(?:(?:.){0,3}|(?:[a1-])(?:a1){2,}(?:a1)){2,}(?:1)(?:\w){0,3}){0,3}?$",
        "1",
        strategy="strict",
    )
    assert found.verdict is Verdict.UNDETERMINED


def test_an_analysis_that_is_wrong_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a broken comparison, the trial on the slot is what a reviewer is left with."""
    monkeypatch.setattr(world, "is_closed", lambda tree: True)  # priorities do not matter
    found = effect("ab|a", "a|ab")
    assert found == Effect(
        verdict=Verdict.UNDETERMINED, undetermined="a trial contradicts the analysis"
    )


def test_with_a_budget_of_one_node_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    same, wider = ("^a{2,3}$", "^aaa?$"), ("^a$", "^ab?$")
    assert effect(*same).verdict is Verdict.SAME
    assert effect(*wider).verdict is Verdict.WIDER
    monkeypatch.setattr(walk, "MAX_NODES", 1)
    for sides in (same, wider):
        found = effect(*sides)
        assert found.verdict is Verdict.UNDETERMINED
        assert found.undetermined
