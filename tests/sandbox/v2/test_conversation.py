"""What slot fillers make of a message, and what asserts make of the result."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.v2.asserts import Turn, judged
from reconciler.sandbox.v2.conversation import Conversation

PHRASES = {"good": ["iron", "kettle"], "colour": ["red"]}


def filler(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "name": kind,
        "type": kind,
        "contextKey": "key",
        "storeResultInContext": True,
        "usePositiveOnly": True,
        **fields,
    }


def hear(*texts: str, fillers: Any = (), replies: Any = (), intents: Any = ()) -> Turn:
    trained = {"slotfillers": list(fillers), "phrases": PHRASES, "intents": list(intents)}
    conversation = Conversation(trained, list(replies))
    return [conversation.hear(text) for text in texts][-1]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("age", "She is 42 years old.", "42 years old"),
        ("date", "On 2026-12-24 or so", "2026-12-24"),
        ("date", "Tomorrow, please", "Tomorrow"),
        ("duration", "It takes 3 hours.", "3 hours"),
        ("email", "Write to ada.l@example.co.uk.", "ada.l@example.co.uk"),
        ("money", "It was €12.50!", "€12.50"),
        ("money", "It was 20 euros", "20 euros"),
        ("number", "I want 12 of AB-34", "12"),
        ("percentage", "Minus 20 % today", "20 %"),
        ("temperature", "At -5 °C", "-5 °C"),
        ("intent", "Anything", None),
        ("number", "None at all", None),
    ],
)
def test_a_type_is_recognised(kind: str, text: str, value: str | None) -> None:
    assert hear(text, fillers=[filler(kind)]).context.get("key") == value


def test_a_filler_of_type_slot_takes_a_whole_phrase_of_the_lexicon() -> None:
    fillers = [filler("slot", slot="good")]
    assert hear("A red Kettle, please", fillers=fillers).context == {"key": "kettle"}
    assert hear("Ironing kettles", fillers=fillers).context == {}
    assert hear("red", fillers=[filler("slot", slot="unknown")]).context == {}


@pytest.mark.parametrize(
    ("fields", "context"),
    [
        ({}, {"key": "12"}),
        ({"storeResultInContext": False}, {}),
        ({"contextKey": ""}, {}),
        ({"regex": "no slashes"}, {}),
        ({"additionalValidation": "false"}, {}),
        ({"additionalValidation": "true"}, {"key": "12"}),
        (
            {"storeDetailedResults": True},
            {"key": {"result": "12", "text": "12 or 3", "type": "regex"}},
        ),
    ],
)
def test_a_result_is_stored_in_the_context(fields: Any, context: Any) -> None:
    fillers = [filler("regex", **{"regex": r"/\d+/", **fields})]
    assert hear("12 or 3", fillers=fillers).context == context


def test_a_later_result_replaces_an_earlier_one_unless_it_is_skipped() -> None:
    digits = filler("regex", regex=r"/\d+/")
    assert hear("1", "2", "none", fillers=[digits]).context == {"key": "2"}
    skipping = {**digits, "skipIfResultInContext": True}
    assert hear("none", "1", "2", fillers=[skipping]).context == {"key": "1"}


def test_the_first_reply_whose_keys_are_known_is_said() -> None:
    replies = [
        {"when": ["key"], "text": "So it is {{key}} {{other}}.", "data": {"done": True}},
        {"when": [], "text": "Which?"},
    ]
    fillers = [filler("regex", regex=r"/\d+/")]
    first = hear("Hello", fillers=fillers, replies=replies)
    assert (first.text, first.data) == ("Which?", None)
    second = hear("Hello", "7", fillers=fillers, replies=replies)
    assert (second.text, second.data) == ("So it is 7 .", {"done": True})
    assert hear("7").text == ""


def test_an_intent_is_one_of_its_sentences() -> None:
    intents = [{"name": "greet", "sentences": ["Good morning!"]}]
    assert hear("good morning", intents=intents).intent == "greet"
    assert hear("good evening", intents=intents).intent == ""


TURN = Turn(
    context={"a": "1", "b": {"c": 2, "d": 3}},
    text="Hello there",
    data={"x": 1},
    intent="greet",
    slots={"good": "iron"},
)


@pytest.mark.parametrize(
    ("kind", "params", "holds"),
    [
        ("assertText", {"text": "Hello there"}, True),
        ("assertText", {"text": "hello"}, False),
        ("assertText", {"text": "hello", "fuzzy": True}, True),
        ("assertText", {"text": "bye", "fuzzy": True}, False),
        ("assertContext", {"data": {"a": "1"}}, False),
        ("assertContext", {"data": {"a": "1", "b": {"c": 2, "d": 3}}}, True),
        ("assertContext", {"data": {"a": "1"}, "partial": True}, True),
        ("assertContext", {"data": {"b": {"c": 2}}, "partial": True}, True),
        ("assertContext", {"data": {"b": {"c": 3}}, "partial": True}, False),
        ("assertContext", {"data": {"e": None}, "partial": True}, False),
        ("assertData", {"data": {"x": 1}}, True),
        ("assertData", {"data": {"x": 2}}, False),
        ("assertState", {"state": "default"}, True),
        ("assertState", {"state": "other"}, False),
        ("assertIntent", {"intent": "greet"}, True),
        ("assertIntent", {"intent": "leave"}, False),
        ("assertSlot", {"slot": "good"}, True),
        ("assertSlots", {"slot": "colour"}, False),
    ],
)
def test_an_assert_holds_or_not_and_negated_the_other_way(
    kind: str, params: dict[str, Any], holds: bool
) -> None:
    definition = {"_id": "1", "type": kind, "params": params}
    assert judged(definition, TURN)["status"] == ("successful" if holds else "failed")
    negated = judged({**definition, "params": {**params, "negate": True}}, TURN)
    assert negated["status"] == ("failed" if holds else "successful")
    assert negated["negate"] is True


@pytest.mark.parametrize(
    ("kind", "actual"),
    [
        ("assertText", {"text": "Hello there"}),
        ("assertContext", TURN.context),
        ("assertData", {"x": 1}),
        ("assertState", {"state": "default"}),
        ("assertIntent", {"intent": "greet"}),
        ("assertSlot", {"slots": {"good": "iron"}}),
        ("assertMood", {}),
    ],
)
def test_an_assert_shows_what_there_really_is(kind: str, actual: object) -> None:
    assert judged({"_id": "1", "type": kind, "params": {}}, TURN)["actual"] == actual


@pytest.mark.parametrize("negate", [True, False])
def test_an_assert_of_an_unknown_type_fails(negate: bool) -> None:
    definition = {"_id": "1", "type": "assertMood", "params": {"negate": negate}}
    assert judged(definition, TURN)["status"] == "failed"
