"""What a slot does with a text, and why."""

from __future__ import annotations

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.api import Api
from reconciler.model.content import FillerContent
from reconciler.model.explanation import OtherReading, TextExplanation
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.explaining.text import explain_text
from tests.support.build import absent, slot

ORDER = slot("order", patterns=(r"^[A-Z]{2}-\d{4,6}$", r"^ORD-\d{5}$"))


def explained(
    text: str, desired: DesiredSlot, *others: DesiredSlot, api: Api = COGNIGY_V1
) -> TextExplanation:
    assert desired.content is not None
    state = DesiredState([desired, *others])
    return explain_text(text, subject=Subject(desired, desired.content), desired=state, api=api)


def filler(
    name: str, *, flow: str = "main", kind: str = "regex", regex: str | None = None
) -> DesiredSlot:
    content = FillerContent(flow=flow, name=name, type=kind, regex=regex)
    return DesiredSlot(slot_id=name, content=content)


def test_a_text_that_is_taken_has_its_pattern_and_what_each_pattern_matches() -> None:
    found = explained("AB-1234", ORDER)
    assert found.is_taken
    assert (found.value, found.pattern) == ("AB-1234", r"^[A-Z]{2}-\d{4,6}$")
    assert [each.value for each in found.patterns] == ["AB-1234", None]
    assert (found.part, found.nearest, found.undetermined) == (None, None, None)


@pytest.mark.parametrize(
    ("strategy", "value", "alone"),
    [
        ("bestMatch", "12345", ["12", "12345"]),
        ("firstMatch", "12", ["12", "12345"]),
        ("strict", None, [None, None]),
    ],
)
def test_the_fill_strategy_decides(
    strategy: str, value: str | None, alone: list[str | None]
) -> None:
    found = explained("no. 12345", slot("a", patterns=(r"\d\d", r"\d+"), fill_strategy=strategy))
    assert found.strategy.name == strategy
    assert (found.value, [each.value for each in found.patterns]) == (value, alone)
    assert not found.is_taken


def test_the_part_that_would_be_taken_alone_is_the_longest_without_punctuation() -> None:
    assert explained("I mean AB-1234, not ORD-1.", ORDER).part == "AB-1234"
    city = slot("city", patterns=("^New York$", "^York$"))
    assert explained("to New York please", city).part == "New York"


def test_a_near_text_that_is_taken_is_suggested() -> None:
    assert explained("ab-1234", ORDER).nearest == "AB-1234"
    assert explained("ORD-1234", ORDER).nearest is not None


def test_a_text_that_is_like_none_has_no_suggestion() -> None:
    found = explained("good morning", ORDER)
    assert (found.part, found.nearest) == (None, None)


def test_where_a_pattern_is_not_modelled_no_text_is_suggested() -> None:
    found = explained("AB-123", slot("a", patterns=(r"^([A-Z])\1-\d{4}$",)))
    assert (found.value, found.nearest, found.undetermined) == (None, None, None)


def test_other_slots_that_extract_something_are_told() -> None:
    found = explained(
        "AB-1234",
        ORDER,
        slot("number", patterns=(r"\d+",)),
        slot("letter", patterns=("^a$",)),
        absent("gone"),
    )
    (other,) = found.others
    assert (other.slot.slot_id, other.value, other.pattern) == ("number", "1234", r"\d+")
    assert (found.others_tried, found.not_tried) == (2, ())


def test_a_pattern_that_may_hang_is_not_run_and_the_reason_is_told() -> None:
    slow = slot("slow", patterns=("^(a+)+$",))
    found = explained("aaa", slow)
    assert found.undetermined == "a pattern of it may take exponentially long"
    assert found.patterns[0].undetermined == found.undetermined
    (other,) = explained("aaa", ORDER, slow).not_tried
    assert (other.slot.slot_id, other.reason) == ("slow", found.undetermined)


def test_a_filler_is_explained_by_its_regex() -> None:
    order = filler("order", regex=r"/AB-\d+/")
    found = explained("my AB-12", order, filler("far", flow="other", regex="/AB/"), api=COGNIGY_V2)
    assert (found.value, found.pattern) == ("AB-12", r"/AB-\d+/")
    assert found.others_tried == 0  # those of another flow are not trained with it


def test_a_filler_of_another_type_is_said_to_be_not_by_a_pattern() -> None:
    email = filler("email", kind="email")
    found = explained("a@b.example", email, api=COGNIGY_V2)
    assert found.undetermined == "the tenant decides what type email takes, not by a pattern"
    (other,) = explained("x", filler("a", regex="/x/"), email, api=COGNIGY_V2).not_tried
    assert other.reason == found.undetermined


def test_a_filler_whose_regex_is_not_managed_is_not_determined() -> None:
    assert explained("x", filler("a"), api=COGNIGY_V2).undetermined == "its file has no regex"


def test_a_part_is_not_suggested_where_something_is_extracted() -> None:
    found = explained("no. 123", slot("a", patterns=(r"\d+",)))
    assert (found.value, found.part, found.nearest) == ("123", None, None)


@pytest.mark.parametrize(
    ("pattern", "text", "value", "takes", "extracts"),
    [
        (r"^\d+$", "\u0663", "\u0663", False, False),
        (r"\d+", "1\u0663", "1\u0663", False, True),
        (r"^\W$", "\u00e9", None, True, True),
    ],
)
def test_a_text_beyond_ascii_is_not_the_same_to_every_engine(
    pattern: str, text: str, value: str | None, takes: bool, extracts: bool
) -> None:
    found = explained(text, slot("a", patterns=(pattern,)))
    assert found.value == value
    assert found.other_reading == OtherReading(engine="ecmascript", takes=takes, extracts=extracts)


def test_another_engine_is_not_told_where_it_makes_no_difference() -> None:
    assert explained("\u00e9", slot("a", patterns=("^.$",))).other_reading is None
    assert explained("1", slot("a", patterns=(r"^\d$",))).other_reading is None
    found = explained("\u0663", filler("a", regex=r"/^\d$/"), api=COGNIGY_V2)
    assert (found.value, found.other_reading) == (None, None)
    found = explained("\u00e9\u00e9", filler("a", regex=r"/^(.)\1$/"), api=COGNIGY_V2)
    assert found.other_reading is None  # it is the tenant's own engine, modelled or not


def test_another_engine_whose_reading_is_not_known_says_why() -> None:
    reading = explained("\u00e9\u00e9", slot("a", patterns=(r"^(.)\1$",))).other_reading
    assert reading is not None
    assert reading.undetermined == r"\1 refers back (pattern 1)"
