"""Edits a slot's fields in the text of its file and leaves every other character unchanged.

A library that loads and dumps YAML would keep the comments but lose the layout. Here only the span
of each changed field is replaced, so that a diff shows the change and nothing else. A comment on
the same line as a removed item is removed with it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.adapters.manifests import spans
from reconciler.adapters.manifests.documents.shared import FieldValue
from reconciler.adapters.manifests.scalars import Around, flow_list, literal, scalar
from reconciler.adapters.manifests.spans import Span

_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]|$")
_COMMA = re.compile(r"(?:\s|#[^\n]*(?:\n|$))*,")


class NotEditableError(Exception):
    """The document is written in a way that cannot be edited in place."""


@dataclass(frozen=True)
class _Edit:
    start: int
    end: int
    text: str


def with_fields(
    text: str, *, slot_id: str, fields: Mapping[str, FieldValue], order: Sequence[str]
) -> str:
    """`text` with these fields set in the slot's document.

    A new field is inserted after the closest existing one that precedes it in `order`. Raises
    NotEditableError. Read the result back before using it: if other parts refer to a field with an
    alias, the result is not what you asked for.
    """
    for root in spans.documents(text):
        known = root.pair("slot_id")
        if known is not None and known[1].value == slot_id:
            return _DocumentEditor(text, root).edited(fields, order=order)
    raise NotEditableError(f"no document of {slot_id}")


class _DocumentEditor:
    """Computes the edits of one document; each method handles one field."""

    def __init__(self, text: str, root: Span) -> None:
        self._text = text
        self._root = root
        self._around = Around.JSON if root.is_flow else Around.BLOCK
        self._in_flow = Around.JSON if root.is_flow else Around.FLOW
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def edited(self, fields: Mapping[str, FieldValue], *, order: Sequence[str]) -> str:
        edits: list[_Edit] = []
        for key in sorted(fields, key=order.index):
            pair = self._root.pair(key)
            if pair is None:
                edits.append(self._addition(key, fields[key], order=order))
            else:
                edits.extend(self._replacement(*pair, fields[key]))
        text = self._text
        # From the end, so that positions stay valid; the later of two edits at one position first.
        for edit in sorted(enumerate(edits), key=lambda each: (each[1].start, each[0]))[::-1]:
            text = text[: edit[1].start] + edit[1].text + text[edit[1].end :]
        return text

    def _addition(self, key: str, value: FieldValue, *, order: Sequence[str]) -> _Edit:
        before = [each for each in order[: order.index(key)] if self._root.pair(each)]
        last = self._root.pair(before[-1])
        assert last is not None  # noqa: S101 - slot_id always exists
        end = max(last[1].end, last[0].end)
        if self._root.is_flow:
            around = self._around
            if isinstance(value, tuple):
                shown = flow_list(value, around=around)
            else:
                shown = literal(value, around=around)
            return _Edit(end, end, f', "{key}": {shown}')
        indent = " " * self._column(self._root.items[0].start)
        end = self._line_end(end)
        return _Edit(end, end, f"{self._newline}{indent}{key}:{self._written(value, indent)}")

    def _written(self, value: FieldValue, indent: str) -> str:
        if not isinstance(value, tuple):
            return f" {literal(value)}"
        lines = [f"{self._newline}{indent}  - {scalar(item)}" for item in value]
        return "".join(lines) or " []"

    def _replacement(self, key: Span, old: Span, value: FieldValue) -> Iterator[_Edit]:
        if not isinstance(value, tuple):
            yield self._instead(old, literal(value, around=self._around))
        elif old.is_sequence and not old.is_flow:
            yield from self._block_items(key, old, value)
        elif "#" in self._text[old.start : old.end]:
            yield from self._flow_items(old, value)
        elif not old.items and not self._root.is_flow and value:
            start = key.end + len(self._text[key.end : old.start].rstrip())
            yield _Edit(start, old.end, "")
            end = self._line_end(max(old.end, key.end))
            indent = " " * self._column(self._root.items[0].start)
            yield _Edit(end, end, self._written(value, indent))
        else:
            yield self._instead(old, flow_list(value, around=self._in_flow))

    def _instead(self, old: Span, text: str) -> _Edit:
        # The span of a missing value starts directly after the colon.
        space = " " if self._text[old.start - 1] == ":" else ""
        return _Edit(old.start, old.end, space + text)

    def _block_items(self, key: Span, old: Span, value: tuple[str, ...]) -> Iterator[_Edit]:
        indent = self._text[self._line_start(old.start) : old.start]
        if indent.strip(" "):
            raise NotEditableError("there is a tag or an anchor before the list")
        if not value:
            colon = self._text.index(":", key.end) + 1
            yield _Edit(colon, colon, " []")
        for kind, index, item in _item_changes(old, value):
            if kind == "replace":
                each = old.items[index]
                yield _Edit(each.start, each.end, scalar(item))
            elif kind == "delete":
                yield self._without_lines(old.items[index], column=len(indent))
            elif index == 0:
                start = self._line_start(old.start)
                yield _Edit(start, start, f"{indent}- {scalar(item)}{self._newline}")
            else:
                end = self._line_end(old.items[index - 1].end)
                yield _Edit(end, end, f"{self._newline}{indent}- {scalar(item)}")

    def _without_lines(self, item: Span, *, column: int) -> _Edit:
        """Remove the item's lines, from its dash to the end of the comment after it."""
        start = self._line_start(item.start)
        while self._text[start + column] != "-":
            start = self._line_start(start - 1)  # there is a dash in this column
        found = _LINE_BREAK.search(self._text, item.end)
        return _Edit(start, found.end() if found else len(self._text), "")

    def _flow_items(self, old: Span, value: tuple[str, ...]) -> Iterator[_Edit]:
        """Edit item by item, because there are comments between them. An item is removed with the
        comma after it; a trailing comma at the end does no harm."""
        added_last = [
            scalar(item, around=self._in_flow)
            for kind, index, item in _item_changes(old, value)
            if kind == "insert" and index == len(old.items)
        ]
        deleted: set[int] = set()
        for kind, index, item in _item_changes(old, value):
            if kind == "replace":
                each = old.items[index]
                yield _Edit(each.start, each.end, scalar(item, around=self._in_flow))
            elif kind == "delete":
                deleted.add(index)
                each = old.items[index]
                yield _Edit(each.start, each.end, "")
                comma = self._comma(each)
                if comma is not None:
                    yield _Edit(comma, comma + 1, "")
            elif index < len(old.items):
                start = old.items[index].start
                yield _Edit(start, start, f"{scalar(item, around=self._in_flow)}, ")
        if added_last and not old.items:
            yield _Edit(old.start + 1, old.start + 1, ", ".join(added_last))
        elif added_last:
            last = old.items[-1]
            comma = self._comma(last)
            is_gone = len(old.items) - 1 in deleted
            end = last.end if comma is None else comma + 1
            lead = ", " if comma is None and not is_gone else " "
            yield _Edit(end, end, lead + ", ".join(added_last))

    def _comma(self, item: Span) -> int | None:
        found = _COMMA.match(self._text, item.end)
        return found.end() - 1 if found else None

    def _column(self, place: int) -> int:
        return place - self._line_start(place)

    def _line_start(self, place: int) -> int:
        return max(self._text.rfind(each, 0, place) for each in "\n\r\x85\u2028\u2029") + 1

    def _line_end(self, place: int) -> int:
        found = _LINE_BREAK.search(self._text, place)
        return found.start() if found else len(self._text)


def _item_changes(old: Span, value: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Yields (`replace`, index, new), (`delete`, index, "") and (`insert`, before index, new).

    A replaced item keeps its position, and with it the comment next to it.
    """
    items = [item.value for item in old.items]
    matcher = difflib.SequenceMatcher(a=items, b=list(value), autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            continue
        both = min(end - start, new_end - new_start)
        for offset in range(both):
            yield "replace", start + offset, value[new_start + offset]
        for index in range(start + both, end):
            yield "delete", index, ""
        for position in range(new_start + both, new_end):
            yield "insert", start + both, value[position]
