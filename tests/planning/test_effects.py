"""What a plan means to the texts that slots take."""

from __future__ import annotations

from dataclasses import replace

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.effect import Effects, Verdict
from reconciler.model.slot import DesiredSlot, Examples, LiveSlot, MatchExample
from reconciler.model.state import DesiredState
from reconciler.planning.effects import effects_of
from tests.support.build import absent, live, plan, slot


def effects(desired: list[DesiredSlot], live_slots: list[LiveSlot]) -> Effects:
    state = DesiredState(desired)
    return effects_of(plan(state, live_slots), desired=state, api=COGNIGY_V1)


def test_only_updates_of_patterns_their_order_or_strategy_have_an_effect() -> None:
    found = effects(
        [
            slot("patterns", patterns=("^ab?$",)),
            slot("strategy", fill_strategy="fuzzy"),
            slot("order", patterns=("^b$", "^a$")),
            slot("renamed", name="another"),
            slot("created"),
            slot("unchanged"),
            absent("deleted"),
        ],
        [
            live("patterns"),
            live("strategy"),
            live("order", patterns=("^a$", "^b$")),
            live("renamed"),
            live("unchanged"),
            live("deleted"),
        ],
    )
    assert {slot_id: effect.verdict for slot_id, effect in found.slots.items()} == {
        "patterns": Verdict.WIDER,
        "strategy": Verdict.WIDER,
        "order": Verdict.SAME,
    }


def test_a_lost_example_of_the_author_is_marked() -> None:
    desired = replace(
        slot("a", patterns=(r"\d{4}",)),
        examples=Examples(match=(MatchExample(text="12345"), MatchExample(text="1234"))),
    )
    found = effects([desired], [live("a", patterns=(r"\d{4,5}",))])
    (lost, *_) = found.slots["a"].no_longer_takes
    assert (lost.text, lost.own_example) == ("12345", True)


def test_past_the_cap_slots_are_not_determined_and_say_why() -> None:
    names = [f"s{number:03}" for number in range(52)]
    found = effects([slot(name, patterns=("^b$",)) for name in names], [live(n) for n in names])
    assert len(found.slots) == 52
    assert found.counted(Verdict.DIFFERENT) == 50
    last = [each for each in found.slots.values() if each.verdict is Verdict.UNDETERMINED]
    assert {each.undetermined for each in last} == {"only the first 50 changed slots are compared"}
