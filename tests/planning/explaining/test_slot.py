"""What a slot takes: descriptions, examples, longer texts, and other slots that take the same."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.api import Api
from reconciler.model.content import FillerContent
from reconciler.model.explanation import LongerTexts, SlotExplanation
from reconciler.model.slot import DesiredSlot, Examples, MatchExample
from reconciler.model.state import DesiredState
from reconciler.planning.explaining.slot import explain_slot
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.extraction import Extractor
from reconciler.planning.trial import Trial
from tests.support.build import slot


def explained(desired: DesiredSlot, *others: DesiredSlot, api: Api = COGNIGY_V1) -> SlotExplanation:
    assert desired.content is not None
    state = DesiredState([desired, *others])
    return explain_slot(Subject(desired, desired.content), desired=state, api=api)


def with_examples(desired: DesiredSlot, *texts: str, reject: tuple[str, ...] = ()) -> DesiredSlot:
    match = tuple(MatchExample(text=text) for text in texts)
    return replace(desired, examples=Examples(match=match, reject=reject))


def test_a_simple_slot_is_described_exactly_and_in_words() -> None:
    found = explained(slot("a", patterns=(r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$")))
    assert found.is_all
    assert [(each.all_of, each.words, each.text) for each in found.kinds] == [
        (r"ORD-\d{5}", '"ORD-", 5 digits', "ORD-12345"),
        (r"[A-Z]{2}-\d{4,6}", '2 capital letters, "-", 4 to 6 digits', "AB-1234"),
    ]
    assert found.undetermined is None


def test_patterns_that_are_one_kind_are_told_as_one() -> None:
    (kind,) = explained(slot("a", patterns=(r"^A\d{3}$", r"^A\d{4}$"))).kinds
    assert kind.all_of == r"A\d{3,4}"


def test_an_example_of_the_author_is_preferred() -> None:
    found = explained(with_examples(slot("a", patterns=(r"^\d{3}$",)), "777", reject=("x", "1")))
    assert [(each.text, each.own_example) for each in found.kinds] == [("777", True)]
    assert [(each.text, each.own_example) for each in found.patterns] == [("777", True)]
    assert found.rejects == ("x", "1")


def test_a_rejected_example_from_which_something_is_extracted_is_not_claimed() -> None:
    found = explained(with_examples(slot("a", patterns=(r"\d",)), reject=("x", "a1")))
    assert found.rejects == ("x",)


def test_what_has_no_short_description_has_an_example_for_each_pattern() -> None:
    found = explained(slot("a", patterns=(r"^(\w+ )*x$", "^b$"), fill_strategy="firstMatch"))
    assert (found.kinds, found.is_all) == ((), False)
    assert [(each.pattern, each.text) for each in found.patterns][1] == ("^b$", "b")


def test_a_pattern_that_takes_no_text_has_no_example() -> None:
    found = explained(slot("a", patterns=("b", "^bc$"), fill_strategy="firstMatch"))
    assert [each.text for each in found.patterns] == ["b", None]


def test_literal_phrases_are_examples_of_themselves() -> None:
    found = explained(slot("a", type="keyword", patterns=("credit card", "a.b")))
    assert [each.text for each in found.patterns] == ["credit card", "a.b"]


def test_a_slot_that_takes_nothing_is_proven_to() -> None:
    found = explained(slot("a", patterns=("^a$b",)))
    assert (found.kinds, found.is_all) == ((), True)


def test_longer_texts_in_which_nothing_is_found_are_proven() -> None:
    longer = explained(slot("a", patterns=("^a$", "^bc$"))).longer
    assert longer is not None
    assert (longer.text, longer.value, longer.undetermined) == (None, None, None)


def test_what_is_found_in_a_longer_text_is_shown_in_a_sentence() -> None:
    longer = explained(slot("a", patterns=(r"\bAB-\d{2}\b",))).longer
    assert longer is not None
    assert (longer.text, longer.value) == ("it is AB-12 now", "AB-12")


def test_nothing_is_not_claimed_to_be_found_if_another_engine_may_find_something() -> None:
    longer = explained(slot("a", patterns=("^a\\b(?=\u00e9)",))).longer
    reason = "JavaScript's engine may find something beyond ASCII"
    assert longer == LongerTexts(undetermined=reason)


def test_overlaps_have_a_text_and_both_patterns_and_the_others_are_counted() -> None:
    found = explained(
        slot("a", patterns=(r"^\d{5}$",)),
        slot("b", patterns=(r"^1\d+$",)),
        slot("c", patterns=("^c$",)),
    )
    (overlap,) = found.overlaps
    assert overlap.slot.slot_id == "b"
    assert overlap.text.startswith("1")
    assert (overlap.own_pattern, overlap.pattern) == (r"^\d{5}$", r"^1\d+$")
    assert (found.disjoint, found.not_compared) == (1, ())


def test_slots_are_not_called_disjoint_if_another_engine_may_find_a_text() -> None:
    found = explained(slot("a", patterns=(r"^\W$",)), slot("b", patterns=("^\u00e9$",)))
    assert (found.disjoint, found.overlaps) == (0, ())
    (other,) = found.not_compared
    assert other.reason == "both may take a text beyond ASCII, by JavaScript's engine"


def test_what_cannot_be_compared_says_why() -> None:
    (other,) = explained(slot("a"), slot("b", patterns=(r"^(a)\1$",))).not_compared
    assert (other.slot.slot_id, other.reason) == ("b", r"\1 refers back (pattern 1)")


def test_what_cannot_be_modelled_says_why() -> None:
    found = explained(with_examples(slot("a", patterns=("^a$", r"^(b)\1$")), "bb"))
    assert found.undetermined == r"\1 refers back (pattern 2)"
    assert [each.text for each in found.patterns] == [None, "bb"]


def test_what_may_hang_is_not_tried_and_says_why() -> None:
    found = explained(with_examples(slot("a", patterns=("^(a+)+$",)), "aa"))
    assert found.undetermined == "a pattern of it may take exponentially long"
    assert [each.text for each in found.patterns] == [None]


def test_the_number_of_compared_slots_is_bounded() -> None:
    others = [slot(f"b{each}", patterns=("^b$",)) for each in range(302)]
    found = explained(slot("a"), *others)
    assert found.disjoint == 300
    reasons = [each.reason for each in found.not_compared]
    assert reasons == ["only the first 300 slots are compared"] * 2


def test_a_filler_is_described_by_its_regex() -> None:
    content = FillerContent(flow="main", name="order", type="regex", regex=r"/^AB-\d{3}$/")
    found = explained(DesiredSlot(slot_id="order", content=content), api=COGNIGY_V2)
    assert [(each.all_of, each.pattern) for each in found.kinds] == [(r"AB-\d{3}", r"/^AB-\d{3}$/")]


def test_a_filler_of_another_type_is_said_to_be_not_by_a_pattern() -> None:
    content = FillerContent(flow="main", name="mail", type="email")
    found = explained(DesiredSlot(slot_id="mail", content=content), api=COGNIGY_V2)
    assert found.undetermined == "the tenant decides what type email takes, not by a pattern"


PIECES = ("a", "b?", "[ab]", r"\d", r"\d+", "-", "(?:a|b1)", "a{1,2}", "^", "$", r"\b")
SHORT = [
    "".join(each) for length in range(1, 5) for each in itertools.product("ab1-", repeat=length)
]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join), min_size=1),
    st.sampled_from(("bestMatch", "firstMatch", "strict", "fuzzy")),
)
def test_what_is_claimed_of_a_slot_is_true_of_every_short_text(
    patterns: list[str], strategy: str
) -> None:
    desired = slot("a", patterns=tuple(patterns[:3]), fill_strategy=strategy)
    assert desired.content is not None
    found = explained(desired)
    extractor = Extractor(COGNIGY_V1)
    extracted = {each: extractor.extract(desired.content, each) for each in SHORT}
    for text, by in extracted.items():
        is_taken = by is not None and by.value == text
        described = any(re.fullmatch(each.all_of, text) for each in found.kinds)
        if found.is_all:
            assert is_taken == described
        if found.longer == LongerTexts() and not is_taken:
            assert by is None
    for pattern in found.patterns:
        if pattern.text is not None:
            by = extractor.extract(desired.content, pattern.text)
            assert by is not None
            assert (by.value, by.pattern) == (pattern.text, pattern.pattern)


def test_what_was_not_gone_through_to_the_end_is_not_claimed_to_be_all() -> None:
    found = explained(slot("a", patterns=("^a$", r"^b\d{1200}$")))
    assert (found.kinds, found.is_all) == ((), False)
    assert found.patterns[0].text == "a"


@pytest.mark.parametrize("told", [(None, None), ("^ab$", "a"), ("^ab$", "b")])
def test_what_a_trial_contradicts_is_not_claimed(
    monkeypatch: pytest.MonkeyPatch, told: tuple[str | None, str | None]
) -> None:
    monkeypatch.setattr(Trial, "pattern_and_value", lambda *_: told)
    found = explained(slot("a", patterns=("^ab$",)))
    assert (found.kinds, found.undetermined) == ((), "a trial contradicts the analysis")
