"""YAML text → its nodes, each with the span of text that it was written in.

What the reader's Document cannot tell: where a value ends, in which style it stands, and that
it is an alias. Of text that the reader has read already, so it has no errors and no great depth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)


@dataclass
class Span:
    """A node's text is `text[start:end]`, without the white space after it.

    `value` is a scalar's; an alias, and a collection, have none. `items` are a sequence's items,
    or a mapping's keys and values in turn.
    """

    start: int
    end: int
    value: str | None = None
    is_flow: bool = False
    is_sequence: bool = False
    items: list[Span] = field(default_factory=list)

    def pair(self, key: str) -> tuple[Span, Span] | None:
        """A mapping's key and value."""
        pairs = zip(self.items[::2], self.items[1::2], strict=True)
        return next((pair for pair in pairs if pair[0].value == key), None)


def documents(text: str) -> list[Span]:
    """The root of every document."""
    # The loader in Python: its marks count characters of `text`, whatever they are.
    events: Iterator[yaml.events.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
    return [
        _read(next(events), events, text)
        for event in events
        if isinstance(event, DocumentStartEvent)
    ]


def _read(event: yaml.events.Event, events: Iterator[yaml.events.Event], text: str) -> Span:
    span = Span(start=_place(event.start_mark), end=_place(event.end_mark))
    if isinstance(event, ScalarEvent):
        span.value = event.value
    elif isinstance(event, (SequenceStartEvent, MappingStartEvent)):
        span.is_sequence = isinstance(event, SequenceStartEvent)
        span.is_flow = bool(event.flow_style)
        for inner in events:
            if not isinstance(inner, NodeEvent):
                # A block collection ends where the next token begins, comments passed over.
                span.end = _place(inner.end_mark) if span.is_flow else span.items[-1].end
                break
            span.items.append(_read(inner, events, text))
    elif not isinstance(event, (AliasEvent, DocumentEndEvent)):
        raise TypeError(event)
    while span.end > span.start and text[span.end - 1].isspace():
        span.end -= 1
    return span


def _place(mark: Any) -> int:
    place: int = mark.index
    return place
