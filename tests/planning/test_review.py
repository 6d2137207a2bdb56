"""What a reviewer must know about a plan in addition to its changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.gate import GateOverride
from reconciler.model.plan import Plan
from reconciler.model.review import ExampleChange, Review, SafetyEffect
from reconciler.model.settings import Settings
from reconciler.model.slot import DesiredSlot, Examples, LiveSlot, MatchExample
from reconciler.model.state import DesiredState
from reconciler.patterns import matching
from reconciler.planning.review import review
from tests.support.build import absent, content, live, plan, slot


def with_examples(
    desired: DesiredSlot, *, match: tuple[str, ...] = (), reject: tuple[str, ...] = ()
) -> DesiredSlot:
    examples = Examples(match=tuple(MatchExample(text=text) for text in match), reject=reject)
    return replace(desired, examples=examples)


def reviewed(
    desired: list[DesiredSlot],
    live_slots: list[LiveSlot],
    *,
    base: list[DesiredSlot] | None = None,
) -> Review:
    state = DesiredState(desired)
    return review(
        plan(state, live_slots),
        desired=state,
        settings=Settings(),
        api=COGNIGY_V1,
        base=None if base is None else (DesiredState(base), Settings()),
    )


def test_without_a_base_safety_is_not_compared() -> None:
    found = reviewed([slot("a", protect=False)], [])
    assert (found.compared, found.safety) == (False, ())


def test_a_plan_says_what_its_gate_does_if_it_has_one_to_judge() -> None:
    assert reviewed([slot("a")], []).gate == "rollback"
    ungated = replace(slot("a"), gate=GateOverride(enabled=False))
    assert reviewed([ungated], []).gate == "off"
    assert reviewed([slot("a", trigger_retrain=False)], []).gate is None
    assert reviewed([absent("a")], [live("a")]).gate is None
    assert reviewed([slot("a")], [live("a")]).gate is None


def test_with_a_base_safety_is_compared_even_if_no_slot_changes() -> None:
    found = reviewed([slot("a")], [live("a")], base=[slot("a", protect=True)])
    assert found.compared
    assert [(each.field, each.effect) for each in found.safety] == [
        ("protect", SafetyEffect.WEAKENS)
    ]
    assert found.weakening == found.safety


def test_only_examples_that_extract_something_else_are_reported() -> None:
    desired = with_examples(
        slot("a", patterns=("^B-\\d+", "[a-z]+")), match=("B-1", "xy", "z"), reject=("A-1", "?")
    )
    found = reviewed([desired], [live("a", patterns=("^A-\\d+$", "[a-z]"))])
    assert found.examples == {
        "a": (
            ExampleChange(text="B-1", expected="match", before=None, after="B-1"),
            ExampleChange(text="xy", expected="match", before="x", after="xy"),
            ExampleChange(text="A-1", expected="reject", before="A-1", after=None),
        )
    }


def test_a_fill_strategy_alone_can_change_what_is_extracted() -> None:
    desired = with_examples(
        slot("a", patterns=("a",), fill_strategy="strict"), match=("a",), reject=("ab",)
    )
    found = reviewed([desired], [live("a", patterns=("a",))])
    assert [each.text for each in found.examples["a"]] == ["ab"]


def test_created_deleted_and_renamed_slots_have_no_example_that_changes() -> None:
    created = with_examples(slot("a"), match=("a",))
    renamed = with_examples(slot("b", name="other"), match=("a",))
    found = reviewed([created, renamed, absent("c")], [live("b"), live("c")])
    assert (found.examples, found.untried) == ({}, ())


HANGS = "^(a+)+$"


def test_a_live_pattern_that_is_known_to_hang_is_not_run() -> None:
    desired = with_examples(slot("a", patterns=("a",)), match=("a" * 40 + "!",))
    other = with_examples(slot("b", patterns=("b",)), match=("b",))
    found = reviewed([desired, other], [live("a", patterns=(HANGS,)), live("b")])
    assert found.untried == ("a",)
    assert found.examples.keys() == {"b"}


def test_a_new_pattern_that_is_known_to_hang_is_not_run_either() -> None:
    made = plan([slot("a", patterns=("b",))], [live("a")])
    (change,) = made.changes
    hanging = change.model_copy(update={"after": content("a", patterns=(HANGS,))})
    found = review(
        made.model_copy(update={"changes": (hanging,)}),
        desired=DesiredState([with_examples(slot("a"), match=("a" * 40 + "!",))]),
        settings=Settings(),
        api=COGNIGY_V1,
        base=None,
    )
    assert found.untried == ("a",)


def test_after_too_many_patterns_that_took_too_long_nothing_is_tried_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "MATCH_SECONDS", 0.01)
    slow = [f"s{number:02}" for number in range(10)]
    desired = [
        *(with_examples(slot(each, patterns=("x",)), reject=("a" * 60,)) for each in slow),
        with_examples(slot("z", patterns=("z",)), match=("z",)),
    ]
    # A reference back is more than the analysis looks into.
    live_slots = [
        *(live(each, patterns=(rf"^(a|aa)+(c)\2$|{each}",)) for each in slow),
        live("z"),
    ]
    found = reviewed(desired, live_slots)
    assert (found.untried, found.examples) == ((*slow, "z"), {})
    found = reviewed(desired[1:], live_slots[1:])
    assert (found.untried, set(found.examples)) == (tuple(slow[1:]), {"z"})


def test_direct_and_indirect_dependents_of_a_changed_slot_are_reported() -> None:
    chain = [slot("a", name="new"), slot("b", "a"), slot("c", "b"), slot("d")]
    found = reviewed(chain, [live("a"), live("b", "a"), live("c", "b"), live("d")])
    assert found.dependents == {"a": ("b", "c")}


def test_dependents_are_those_of_the_files_and_not_those_that_an_update_releases() -> None:
    desired = [slot("a", name="new"), slot("b", "a"), slot("c")]
    found = reviewed(desired, [live("a"), live("b"), live("c", "a")])
    assert found.dependents == {"a": ("b",)}


def test_dependents_of_a_deleted_slot_are_reported_but_not_those_of_a_created_one() -> None:
    found = reviewed(
        [absent("a"), absent("b"), slot("c", "d"), slot("d")],
        [live("a"), live("b", "a"), live("c", "d")],
    )
    assert found.dependents == {"a": ("b",)}


def test_a_cycle_in_the_files_ends() -> None:
    made: Plan = plan([slot("a", name="new")], [live("a")])
    cyclic = DesiredState([slot("a", "b", name="new"), slot("b", "a")])
    found = review(made, desired=cyclic, settings=Settings(), api=COGNIGY_V1, base=None)
    assert found.dependents == {"a": ("b",)}


def test_dependents_are_looked_up_for_as_many_changes_as_a_report_could_show() -> None:
    ids = [f"slot_{number:04}" for number in range(1_001)]
    leaning = [slot(f"x{each}", each) for each in ids]
    found = reviewed(
        [*(slot(each, name=f"new {each}") for each in ids), *leaning],
        [*(live(each) for each in ids), *(live(f"x{each}", each) for each in ids)],
    )
    assert len(found.dependents) == 1_000
