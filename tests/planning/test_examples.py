"""Examples on the slot's own patterns, and on those of the other slots."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.adapters.cognigy.v1.capabilities import COGNIGY_V1
from reconciler.model.slot import DesiredSlot, Examples, MatchExample
from reconciler.model.state import DesiredState
from reconciler.patterns import matching
from reconciler.planning import examples
from reconciler.planning.analysis import MAX_STEPS, Analysis
from reconciler.planning.finding import Finding
from tests.support.build import absent, content, slot


def taking(slot_id: str, pattern: str, *texts: str, **fields: Any) -> DesiredSlot:
    """A slot with one pattern, and texts that it must match."""
    return DesiredSlot(
        slot_id=slot_id,
        content=content(slot_id, patterns=(pattern,), **{"name": slot_id, **fields}),
        examples=Examples(match=tuple(MatchExample(text=text) for text in texts)),
    )


def found(*slots: DesiredSlot) -> list[tuple[str, Finding]]:
    return list(examples.findings(DesiredState(slots), Analysis(api=COGNIGY_V1, steps=MAX_STEPS)))


def rules(*slots: DesiredSlot) -> list[tuple[str, str]]:
    return [(slot_id, finding.rule.id) for slot_id, finding in found(*slots)]


def test_a_failure_shows_the_example_the_value_and_the_pattern() -> None:
    given = DesiredSlot(
        slot_id="a",
        content=content(patterns=("^x$", r"\d+")),
        examples=Examples(
            match=(MatchExample(text="id 12", value="id 12"), MatchExample(text="none")),
            reject=("y 34",),
        ),
    )
    assert [(finding.path, finding.message) for _, finding in found(given)] == [
        (("examples", "match", 0), r"'\\d+' extracts '12' from 'id 12', not 'id 12'"),
        (("examples", "match", 1), "no pattern extracts anything from 'none'"),
        (("examples", "reject", 0), r"'\\d+' extracts '34' from 'y 34'"),
    ]


def test_a_text_that_two_slots_extract_is_reported_at_the_example_with_both_names() -> None:
    order = taking("order_number", r"^ORD-\d{5}$", "ORD-12345")
    ((slot_id, finding),) = found(order, slot("t", name="ticket_id", patterns=(r"[A-Z]+-\d+",)))
    assert (slot_id, finding.path) == ("order_number", ("examples", "match", 0))
    assert finding.rule.id == "ambiguous-example"
    assert finding.rule.severity.value == "warning"
    assert "order_number and ticket_id both extract 'ORD-12345'" in finding.message
    assert repr(r"[A-Z]+-\d+") in finding.message


def test_two_slots_with_the_same_example_are_reported_once() -> None:
    both = [taking("a", r"^\d+$", "12", "34", "12"), taking("b", r"^\d\d$", "12", "34")]
    assert rules(*both) == [("a", "ambiguous-example")] * 2


def test_of_three_slots_that_extract_a_text_every_pair_is_reported() -> None:
    three = [taking(each, r"^\d+$", "12") for each in "abc"]
    assert rules(*three) == [("a", "ambiguous-example")] * 2 + [("b", "ambiguous-example")]


@pytest.mark.parametrize(
    "other",
    [
        slot("other", patterns=(r"\d{4}",)),  # the year alone
        slot("other", patterns=(r"^\d{4}$",)),
        slot("other", patterns=("(",)),
        slot("other", patterns=()),
        slot("other", patterns=(r"\d{4}-\d\d-\d\d",), fill_strategy="strict"),
        slot("other", type="list", patterns=("on",)),
        absent("other"),
    ],
)
def test_a_slot_that_extracts_less_or_nothing_is_not_a_rival(other: DesiredSlot) -> None:
    assert rules(taking("date", r"\d{4}-\d\d-\d\d", "on 2026-03-14"), other) == []


@pytest.mark.parametrize(
    "other",
    [
        slot("other", patterns=(r"\S+-\S+",)),
        slot("other", patterns=("x", "[A-Z]{2}", "order ab-1"), fill_strategy="fuzzy"),
        slot("other", type="list", patterns=("ORDER AB-1",)),
        slot("other", type="list", patterns=("ä", "ab-1")),
        slot("other", patterns=("(?i)ab-1",)),
        slot("other", patterns=("^.*$",)),
    ],
)
def test_a_slot_that_extracts_the_whole_value_or_more_is_a_rival(other: DesiredSlot) -> None:
    assert rules(taking("id", r"AB-\d", "order AB-1"), other) == [("id", "ambiguous-example")]


def test_an_example_that_its_own_slot_does_not_match_is_not_compared() -> None:
    assert rules(taking("a", "^x$", "12"), slot("b", patterns=("12",))) == [
        ("a", "example-not-matched")
    ]


def test_a_slot_known_to_hang_is_not_tried() -> None:
    hanging = taking("a", "^(a|aa)+$", "b")
    assert rules(hanging, taking("b", "^b$", "b")) == []


def test_a_rival_that_takes_too_long_is_reported_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "MATCH_SECONDS", 0.01)
    texts = ["a" * 60 + "b", "a" * 61 + "b"]
    slow = slot("slow", patterns=("x", r"^(a|aa)+(c)\2$"))
    ((slot_id, finding),) = found(taking("a", "^a+b$", *texts), slow)
    assert (slot_id, finding.rule.id, finding.path) == (
        "slow",
        "pattern-too-complex",
        ("patterns", 1),
    )


def test_no_more_is_tried_after_too_many_patterns_took_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "MATCH_SECONDS", 0.01)
    slow = [taking(f"s{n}", rf"^(a|aa)+(c)\2$|{n}", "a" * 60) for n in range(15)]
    reported = rules(*slow)
    assert reported.count((reported[-1][0], "examples-not-checked")) == 1
    assert [rule for _, rule in reported[:-1]] == ["pattern-too-complex"] * 10


def test_slots_without_examples_are_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(examples, "_Index")
    assert rules(*(slot(f"s{n}") for n in range(10))) == []


def test_slots_whose_fixed_text_is_missing_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MAX_COMPARISONS", 0)
    slots = [taking(f"s{n}", rf"^S{n}-\d\d$", f"S{n}-12") for n in range(20, 90)]
    assert rules(*slots) == []


def test_too_many_examples_to_compare_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examples, "MAX_COMPARISONS", 5)
    slots = [taking(f"s{n}", rf"^\d{{{n}}}$", "1" * n) for n in range(1, 5)]
    assert rules(*slots) == [("s2", "examples-not-compared")]
