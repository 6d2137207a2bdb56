"""What slots take, as text: of the width of a terminal, and never silent."""

from __future__ import annotations

import click
import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.adapters.cognigy.v2.capabilities import COGNIGY_V2
from reconciler.model.content import FillerContent
from reconciler.model.slot import DesiredSlot
from reconciler.model.state import DesiredState
from reconciler.planning.explaining.pair import compare_slots
from reconciler.planning.explaining.slot import explain_slot
from reconciler.planning.explaining.subject import Subject
from reconciler.planning.explaining.text import explain_text
from reconciler.reports.explaining.pair import slot_comparison
from reconciler.reports.explaining.slot import slot_explanation
from reconciler.reports.explaining.text import text_explanation
from tests.support.build import slot


def subject(desired: DesiredSlot) -> Subject:
    assert desired.content is not None
    return Subject(desired, desired.content)


def of_slot(desired: DesiredSlot, *others: DesiredSlot, width: int | None = None) -> str:
    state = DesiredState([desired, *others])
    found = explain_slot(subject(desired), desired=state, api=COGNIGY_V1)
    return click.unstyle(slot_explanation(found, width=width))


def of_text(text: str, desired: DesiredSlot, *others: DesiredSlot, width: int | None = None) -> str:
    state = DesiredState([desired, *others])
    found = explain_text(text, subject=subject(desired), desired=state, api=COGNIGY_V1)
    return click.unstyle(text_explanation(found, width=width))


def of_pair(first: str, second: str) -> str:
    slots = slot("a", name="a", patterns=(first,)), slot("b", name="b", patterns=(second,))
    state = DesiredState(slots)
    found = compare_slots(*map(subject, slots), desired=state, api=COGNIGY_V1)
    return click.unstyle(slot_comparison(found, width=None))


def test_a_slot_has_its_texts_its_strategy_and_its_neighbours_in_sections() -> None:
    assert of_slot(slot("a", name="a", patterns=(r"^A\d{2}$",)), slot("b")) == (
        "a\n"
        "\n"
        "Takes exactly these texts, each given alone\n"
        '  A12  "A", 2 digits\n'
        "       all of A\\d{2}\n"
        "\n"
        "bestMatch: the longest match counts.\n"
        "In any other text it finds nothing: proven.\n"
        "\n"
        "No other slot takes any of these texts: proven for 1 slot."
    )


@pytest.mark.parametrize("width", [40, 80])
def test_every_line_fits_the_terminal(width: int) -> None:
    wide = slot(
        "a",
        patterns=(r"^[A-Z]{2}-\d{4,6}-[a-z]{3}-\d{2}(?:-(?:AB|CD))?$", r"\b(?:12|34)\d{20}\b"),
        fill_strategy="fuzzy",
    )
    others = [slot(f"b{each}", patterns=(r"\d+",)) for each in range(3)]
    for text in (of_slot(wide, *others, width=width), of_text("12" * 30, wide, width=width)):
        assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"^(a)\1$", r"Not determined: \1 refers back (pattern 1)."),
        ("^(a+)+$", "Not determined: a pattern of it may take exponentially long."),
        ("^a$b", "It takes no text: proven."),
        (r"\bAB\b", 'In longer texts it finds a part: AB in "it is AB now".'),
    ],
)
def test_a_slot_is_never_passed_over_in_silence(pattern: str, said: str) -> None:
    assert said in of_slot(slot("a", patterns=(pattern,)))


def test_a_filler_of_another_type_says_who_decides() -> None:
    content = FillerContent(flow="main", name="mail", type="email")
    mail = DesiredSlot(slot_id="mail", content=content)
    found = explain_slot(subject(mail), desired=DesiredState([mail]), api=COGNIGY_V2)
    said = "the tenant decides what type email takes, not by a pattern."
    assert click.unstyle(slot_explanation(found, width=None)) == f"mail\n\nNot determined: {said}"


def test_a_text_has_what_each_pattern_matches_and_which_counts() -> None:
    text = of_text("AB-12", slot("a", name="a", patterns=(r"\d+", "[A-Z-]+", "^x$")))
    assert text == (
        'a extracts "AB-" from "AB-12".\n'
        "\n"
        "  \\d+      matches 12\n"
        "  [A-Z-]+  matches AB-, which counts\n"
        "  ^x$      no match\n"
        "\n"
        "bestMatch: the longest match counts."
    )


def test_what_another_engine_makes_of_a_text_is_told() -> None:
    text = of_text("\u0663", slot("a", patterns=(r"^\d$",)))
    assert "With the engine of JavaScript, the slot extracts nothing (by our model)." in text


def test_slots_that_were_not_tried_are_named_with_the_reason() -> None:
    slow = [slot(f"slow{each}", name=f"s{each}", patterns=("^(a+)+$",)) for each in range(2)]
    assert of_text("x", slot("a"), *slow).endswith(
        "Not tried: s0, s1: a pattern of it may take exponentially long."
    )


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("^ab?$", "^a$", "a takes every text that b takes: proven."),
        ("^a$", "^ab?$", "b takes every text that a takes: proven."),
        ("^aa*$", "^a+$", "Each given alone, they take the same texts: proven."),
        ("^a$", "a", "Only b finds something in"),
        ("^a$", "^b$", "No text is taken by both: proven."),
        ("^a[bc]$", "^[ad]b$", "Both take\n  ab  by ^a[bc]$ and ^[ad]b$"),
        ("^a$", r"^(a)\1$", r"What both take is not determined: b: \1 refers back (pattern 1)."),
    ],
)
def test_a_comparison_says_what_is_proven(first: str, second: str, said: str) -> None:
    assert said in of_pair(first, second)


def test_characters_that_control_a_terminal_are_escaped() -> None:
    text = of_text("\x1b[2J\n", slot("a", name="\x1b[31m", patterns=("\x1b",)))
    assert "\x1b" not in text
    assert text.splitlines()[0].endswith(r'from "\x1b[2J\n".')
