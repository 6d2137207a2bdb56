"""An event → the body that a webhook's receiver understands.

    raw      our own JSON, which docs/json.md documents
    slack    a message of an incoming webhook, in Block Kit
             (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)
    teams    an Adaptive Card, as the Workflows app of Microsoft Teams takes it
             (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using)

A slot's id and fields are foreign text. They are only in elements that both render as they are:
no markup, link or mention in them has an effect.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.access import WebhookFormat
from reconciler.model.content import SlotContent
from reconciler.model.visible import escaped

_SAID = {
    "slot_updated": "was updated",
    "slot_created": "was created",
    "slot_deleted": "was deleted",
    "slot_rolled_back": "was rolled back",
    "gate_failed": "failed its gate",
    "drift_detected": "differs from its file",
}
_MOST_DEPENDENCIES = 10
_MAX_LENGTH = 200
"""Characters of one piece of foreign text in a message; Slack takes 3,000 in a block."""


@dataclass(frozen=True)
class SlotEvent:
    """What happened to a slot; `timestamp` is RFC 3339, and `content` None if it is gone."""

    event: str
    slot_id: str
    timestamp: str
    content: SlotContent | None
    retrain: bool


def body_of(event: SlotEvent, *, form: WebhookFormat) -> bytes:
    """The JSON to post."""
    make = {
        WebhookFormat.RAW: _raw,
        WebhookFormat.SLACK: _slack,
        WebhookFormat.TEAMS: _teams,
    }[form]
    return json.dumps(make(event)).encode()


def _raw(event: SlotEvent) -> Mapping[str, Any]:
    content = event.content
    return {
        "event": event.event,
        "slotId": event.slot_id,
        "timestamp": event.timestamp,
        "metadata": {
            "fillStrategy": content.fill_strategy if content else None,
            "dependencies": list(content.dependencies) if content else [],
            "triggerRetrain": event.retrain,
        },
    }


def _slack(event: SlotEvent) -> Mapping[str, Any]:
    """With the text that notifications show, in which three characters are markup."""
    text = f"Slot {_shown(event.slot_id)} {_said(event)}"
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, entity)
    headline = [
        {"type": "text", "text": "Slot "},
        {"type": "text", "text": _shown(event.slot_id), "style": {"code": True}},
        {"type": "text", "text": f" {_said(event)}", "style": {"bold": True}},
    ]
    details = {"type": "text", "text": f"\n{_details(event)}"}
    section = {"type": "rich_text_section", "elements": [*headline, details]}
    return {"text": text, "blocks": [{"type": "rich_text", "elements": [section]}]}


def _teams(event: SlotEvent) -> Mapping[str, Any]:
    """Of RichTextBlocks: a TextBlock would take Markdown."""
    headline = [
        {"type": "TextRun", "text": "Slot "},
        {"type": "TextRun", "text": _shown(event.slot_id), "fontType": "Monospace"},
        {"type": "TextRun", "text": f" {_said(event)}", "weight": "Bolder"},
    ]
    details = [{"type": "TextRun", "text": _details(event), "isSubtle": True}]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "RichTextBlock", "inlines": headline},
            {"type": "RichTextBlock", "inlines": details},
        ],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [attachment]}


def _said(event: SlotEvent) -> str:
    return _SAID.get(event.event, event.event.replace("_", " "))


def _details(event: SlotEvent) -> str:
    return ", ".join(_facts(event))


def _facts(event: SlotEvent) -> Iterator[str]:
    content = event.content
    if content is not None and content.fill_strategy:
        yield f"fill strategy {_shown(content.fill_strategy)}"
    if content is not None and content.dependencies:
        shown = " ".join(map(_shown, content.dependencies[:_MOST_DEPENDENCIES]))
        left = len(content.dependencies) - _MOST_DEPENDENCIES
        yield f"depends on {shown}{f' and {left} more' if left > 0 else ''}"
    if not event.retrain:
        yield "not retrained"
    yield event.timestamp


def _shown(text: str) -> str:
    """Without control characters, and not longer than fits."""
    shown = escaped(
        text[:_MAX_LENGTH], by=lambda each: each.encode("unicode_escape").decode("ascii")
    )
    return shown if len(text) <= _MAX_LENGTH else f"{shown}…"
