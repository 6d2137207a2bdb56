"""Edits a slot's fields in the text of its file and leaves every other character unchanged.

A library that loads and dumps YAML would keep the comments but lose the layout. Here only the span
of each changed field is replaced, so that a diff shows the change and nothing else. A comment on
the same line as a removed item is removed with it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from reconciler.adapters.manifests import spans
from reconciler.adapters.manifests.documents.shared import FieldValue
from reconciler.adapters.manifests.edits import (
    BREAKS,
    Edit,
    NotEditableError,
    edited,
    line_end,
    line_start,
    next_line,
)
from reconciler.adapters.manifests.items import ListEditor
from reconciler.adapters.manifests.scalars import Around, flow_list, literal, scalar
from reconciler.adapters.manifests.spans import Span

__all__ = ["NotEditableError", "with_fields", "without_items", "without_line"]


def with_fields(
    text: str,
    *,
    slot_id: str,
    fields: Mapping[str, FieldValue],
    order: Sequence[str],
    within: Sequence[str] = (),
) -> str:
    """`text` with these fields set in the slot's document, or in the mapping `within` it.

    A new field is inserted after the closest existing one that precedes it in `order`. Raises
    NotEditableError. Read the result back before using it: if other parts refer to a field with an
    alias, the result is not what you asked for.
    """
    root = _document(text, slot_id)
    editor = _MappingEditor(text, _mapping(root, within), is_json=root.is_flow)
    return editor.edited(fields, order=order)


def without_items(text: str, *, slot_id: str, path: Sequence[str], indices: Collection[int]) -> str:
    """`text` without these items of the list at `path` in the slot's document. Raises
    NotEditableError."""
    *within, last = path
    pair = _mapping(_document(text, slot_id), within).pair(last)
    if pair is None or not pair[1].is_sequence:
        raise NotEditableError(f"there is no list {last}")
    items = ListEditor(text, pair[1], in_flow=Around.FLOW, newline="\n")
    return edited(text, items.without(pair[0], indices))


def without_line(text: str, *, slot_id: str, key: str) -> str | None:
    """`text` without this key of the slot's document; None unless the key and its value are all
    that is on a line. Raises NotEditableError."""
    root = _document(text, slot_id)
    pair = root.pair(key)
    if pair is None or root.is_flow:
        return None
    start, end = line_start(text, pair[0].start), line_end(text, pair[1].end)
    if text[start:end].strip() != text[pair[0].start : pair[1].end]:
        return None
    after = next_line(text, pair[1].end)
    # The last line may have no line break: then the one before it goes.
    return text[:start] + text[after:] if after > end else text[:start].rstrip(BREAKS)


def _document(text: str, slot_id: str) -> Span:
    for root in spans.documents(text):
        known = root.pair("slot_id")
        if known is not None and known[1].value == slot_id:
            return root
    raise NotEditableError(f"no document of {slot_id}")


def _mapping(root: Span, within: Sequence[str]) -> Span:
    for key in within:
        pair = root.pair(key)
        if pair is None:
            raise NotEditableError(f"there is no mapping {key}")
        root = pair[1]
    return root


class _MappingEditor:
    """Computes the edits of one mapping; each method handles one field."""

    def __init__(self, text: str, root: Span, *, is_json: bool) -> None:
        self._text = text
        self._root = root
        self._in_flow = Around.JSON if is_json else Around.FLOW
        self._around = self._in_flow if root.is_flow else Around.BLOCK
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def edited(self, fields: Mapping[str, FieldValue], *, order: Sequence[str]) -> str:
        """The text with these fields. Raises NotEditableError."""
        edits: list[Edit] = []
        for key in sorted(fields, key=order.index):
            pair = self._root.pair(key)
            if pair is None:
                edits.append(self._addition(key, fields[key], order=order))
            else:
                edits.extend(self._replacement(*pair, fields[key]))
        return edited(self._text, edits)

    def _addition(self, key: str, value: FieldValue, *, order: Sequence[str]) -> Edit:
        before = [each for each in order[: order.index(key)] if self._root.pair(each)]
        last = self._root.pair(before[-1]) if before else None
        if last is None:
            raise NotEditableError(f"there is nothing to write {key} after")
        end = max(last[1].end, last[0].end)
        if self._root.is_flow:
            around = self._around
            if isinstance(value, tuple):
                shown = flow_list(value, around=around)
            else:
                shown = literal(value, around=around)
            return Edit(end, end, f', "{key}": {shown}')
        indent = " " * self._column(self._root.items[0].start)
        end = line_end(self._text, end)
        return Edit(end, end, f"{self._newline}{indent}{key}:{self._written(value, indent)}")

    def _written(self, value: FieldValue, indent: str) -> str:
        if not isinstance(value, tuple):
            return f" {literal(value)}"
        lines = [f"{self._newline}{indent}  - {scalar(item)}" for item in value]
        return "".join(lines) or " []"

    def _replacement(self, key: Span, old: Span, value: FieldValue) -> Iterator[Edit]:
        if not isinstance(value, tuple):
            like = self._text[old.start : old.end]
            yield self._instead(old, literal(value, like=like, around=self._around))
            return
        items = ListEditor(self._text, old, in_flow=self._in_flow, newline=self._newline)
        if old.is_sequence and not old.is_flow:
            yield from items.block_items(key, value)
        elif items.has_comments:
            yield from items.flow_items(value)
        elif not old.items and not self._root.is_flow and value:
            start = key.end + len(self._text[key.end : old.start].rstrip())
            yield Edit(start, old.end, "")
            end = line_end(self._text, max(old.end, key.end))
            indent = " " * self._column(self._root.items[0].start)
            yield Edit(end, end, self._written(value, indent))
        else:
            yield self._instead(old, items.flow_list(value))

    def _instead(self, old: Span, text: str) -> Edit:
        # The span of a missing value starts directly after the colon.
        space = " " if self._text[old.start - 1] == ":" else ""
        return Edit(old.start, old.end, space + text)

    def _column(self, place: int) -> int:
        return place - line_start(self._text, place)
