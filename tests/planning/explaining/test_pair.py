"""What two slots both take, and what only one of them does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.effect import Verdict
from reconciler.model.explanation import SlotComparison
from reconciler.model.state import DesiredState
from reconciler.planning.explaining.pair import compare_slots
from reconciler.planning.explaining.subject import Subject
from tests.support.build import slot

PATTERNS = (r"^\d{3}$", r"^\d{2,4}$", r"\d+", "^[A-Z]{2}$", "[A-Z]", "^x|y$")


def compared(first: str, second: str) -> SlotComparison:
    slots = slot("a", patterns=(first,)), slot("b", patterns=(second,))
    subjects = [Subject(each, each.content) for each in slots if each.content]
    return compare_slots(*subjects, desired=DesiredState(slots), api=COGNIGY_V1)


def test_slots_that_take_different_texts() -> None:
    found = compared(r"^AB-\d{4}$", r"^[A-Z]{2}-1234$")
    first, second = found.effect.no_longer_takes[0], found.effect.newly_takes[0]
    assert (first.before, second.after) == (first.text, second.text)
    assert (first.after, second.before) == (None, None)
    assert found.both is not None
    assert found.both.text == "AB-1234"
    assert (found.both.own_pattern, found.both.pattern) == (r"^AB-\d{4}$", r"^[A-Z]{2}-1234$")


def test_slots_with_nothing_in_common_are_proven_to_have_nothing() -> None:
    found = compared("^a$", "^b$")
    assert (found.both, found.undetermined) == (None, None)


def test_slots_that_are_only_spelled_differently_take_the_same() -> None:
    found = compared("^aa*$", "^a+$")
    assert (found.effect.verdict, found.effect.undetermined) == (Verdict.SAME, None)
    assert found.both is not None


def test_the_slot_that_cannot_be_modelled_is_named() -> None:
    found = compared("^a$", r"^(a)\1$")
    assert found.effect.verdict is Verdict.UNDETERMINED
    assert found.undetermined == r"name of b: \1 refers back (pattern 1)"


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(PATTERNS), st.sampled_from(PATTERNS))
def test_the_order_of_the_two_does_not_matter(first: str, second: str) -> None:
    one, other = compared(first, second), compared(second, first)
    assert {each.text for each in one.effect.newly_takes} == {
        each.text for each in other.effect.no_longer_takes
    }
    assert (one.both is None) == (other.both is None)
