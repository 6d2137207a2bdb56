"""The bodies that Slack and Microsoft Teams understand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.adapters.webhook_bodies import SlotEvent, body_of
from reconciler.model.access import WebhookFormat
from reconciler.model.content import PatternContent

HOSTILE = "<!channel> *a* `b` [c](https://x.example) & \u202e\n"


def event(slot_id: str = "slot_order", name: str = "gate_failed", *, depends: int = 2) -> SlotEvent:
    return SlotEvent(
        event=name,
        slot_id=slot_id,
        timestamp="2026-03-02T09:00:00Z",
        content=PatternContent(
            name="order",
            type="regex",
            patterns=("^x$",),
            fill_strategy="strict",
            dependencies=tuple(f"slot_{number}" for number in range(depends)),
        ),
        retrain=True,
    )


def body(happened: SlotEvent, form: WebhookFormat) -> Any:
    return json.loads(body_of(happened, form=form))


def runs(happened: SlotEvent, form: WebhookFormat) -> list[dict[str, Any]]:
    """The pieces of text that are shown."""
    sent = body(happened, form)
    if form is WebhookFormat.SLACK:
        ((block,), kind) = (sent["blocks"], "text")
        assert block["type"] == "rich_text"
        (section,) = block["elements"]
        assert section["type"] == "rich_text_section"
        found = section["elements"]
    else:
        (attachment,) = sent["attachments"]
        blocks, kind = attachment["content"]["body"], "TextRun"
        assert {each["type"] for each in blocks} == {"RichTextBlock"}
        found = [run for each in blocks for run in each["inlines"]]
    assert {each["type"] for each in found} == {kind}
    return list(found)


BOTH = pytest.mark.parametrize("form", [WebhookFormat.SLACK, WebhookFormat.TEAMS])


@BOTH
def test_a_message_says_what_happened_to_which_slot(form: WebhookFormat) -> None:
    said = "".join(each["text"] for each in runs(event(), form)).replace("\n", "")
    assert said == (
        "Slot slot_order failed its gate"
        "fill strategy strict, depends on slot_0 slot_1, 2026-03-02T09:00:00Z"
    )


@BOTH
def test_an_event_of_another_version_is_said_in_its_own_words(form: WebhookFormat) -> None:
    assert any("bake failed" in each["text"] for each in runs(event(name="bake_failed"), form))


@BOTH
def test_a_deleted_slot_without_content_is_said(form: WebhookFormat) -> None:
    gone = SlotEvent(event="slot_deleted", slot_id="a", timestamp="T", content=None, retrain=False)
    assert runs(gone, form)[-1]["text"].strip() == "not retrained, T"


@BOTH
def test_long_lists_are_cut_with_a_count(form: WebhookFormat) -> None:
    (details,) = (
        each["text"] for each in runs(event(depends=25), form) if "and 15 more" in each["text"]
    )
    assert "slot_9 and 15 more" in details


@BOTH
def test_foreign_text_is_shown_as_it_is_and_cannot_grow(form: WebhookFormat) -> None:
    slot = runs(event(HOSTILE), form)[1]
    assert slot["text"] == HOSTILE.replace("\u202e\n", r"\u202e\n")
    assert len(runs(event("x" * 9_000), form)[1]["text"]) < 300


def test_slacks_notification_mentions_nobody() -> None:
    text = body(event(HOSTILE), WebhookFormat.SLACK)["text"]
    assert "<" not in text
    assert "&lt;!channel&gt;" in text
    assert "&amp; " in text


def test_teams_gets_an_adaptive_card_in_a_message() -> None:
    sent = body(event(), WebhookFormat.TEAMS)
    (attachment,) = sent["attachments"]
    assert sent["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert attachment["content"]["type"] == "AdaptiveCard"
