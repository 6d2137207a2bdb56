"""YAML text → its nodes, each with its span of text.

Spans have what a Document lacks: where a value ends, which style it uses, and whether it is an
alias. The text must already have been read by the reader, so it has no errors and is not deeply
nested.
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
    """A node's text is `text[start:end]`, without trailing white space.

    Only a scalar has a `value`. `items` are the items of a sequence, or alternately the keys and
    values of a mapping.
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
    # The pure Python loader, because its marks always count the characters of `text`.
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
                # PyYAML ends a block collection at the next token, after any comments.
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
