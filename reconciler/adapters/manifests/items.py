"""Edits the items of a list in a text: what remains keeps its place, quotes and comments."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from reconciler.adapters.manifests.edits import (
    Edit,
    NotEditableError,
    line_end,
    line_start,
    next_line,
)
from reconciler.adapters.manifests.scalars import Around, flow_list, scalar_like
from reconciler.adapters.manifests.spans import Span

_COMMA = re.compile(r"(?:\s|#[^\n]*(?:\n|$))*,")


class ListEditor:
    """Computes the edits of one list. `in_flow` is where the items of a flow list are."""

    def __init__(self, text: str, old: Span, *, in_flow: Around, newline: str) -> None:
        self._text = text
        self._old = old
        self._newline = newline
        self._around = in_flow if old.is_flow else Around.BLOCK

    def block_items(self, key: Span, value: tuple[str, ...]) -> Iterator[Edit]:
        """The edits of a block list. Raises NotEditableError."""
        text, old = self._text, self._old
        indent = text[line_start(text, old.start) : old.start]
        if indent.strip(" "):
            raise NotEditableError("there is a tag or an anchor before the list")
        if not value:
            colon = text.index(":", key.end) + 1
            yield Edit(colon, colon, " []")
        for kind, index, item in self._changes(value):
            if kind == "replace":
                each = old.items[index]
                yield Edit(each.start, each.end, self._like(index, item))
            elif kind == "delete":
                yield self._without_lines(old.items[index], column=len(indent))
            elif index == 0:
                start = line_start(text, old.start)
                yield Edit(start, start, f"{indent}- {self._like(0, item)}{self._newline}")
            else:
                end = line_end(text, old.items[index - 1].end)
                yield Edit(end, end, f"{self._newline}{indent}- {self._like(index - 1, item)}")

    def _without_lines(self, item: Span, *, column: int) -> Edit:
        """Remove the item's lines, from its dash to the end of the comment after it."""
        start = line_start(self._text, item.start)
        while self._text[start + column] != "-":
            start = line_start(self._text, start - 1)  # there is a dash in this column
        return Edit(start, next_line(self._text, item.end), "")

    @property
    def has_comments(self) -> bool:
        """Whether a flow list has comments between its items, or beside them."""
        places = [self._old.start]
        for item in self._old.items:
            places += (item.start, item.end)
        gaps = zip(places[::2], [*places[1::2], self._old.end], strict=True)
        return any("#" in self._text[start:end] for start, end in gaps)

    def flow_list(self, value: tuple[str, ...]) -> str:
        """A flow list without comments, with the spaces and line breaks around its items."""
        old, text = self._old.items, self._text
        if not old or not value:
            return flow_list(value, around=self._around)
        written = [self._like(index, value[place]) for index, place in self._models(value)]
        gaps = [text[one.end : other.start] for one, other in pairwise(old)]
        return (
            text[self._old.start : old[0].start]
            + (gaps[0] if gaps else ", ").join(written)
            + text[old[-1].end : self._old.end]
        )

    def flow_items(self, value: tuple[str, ...]) -> Iterator[Edit]:
        """The edits of a flow list item by item, because there are comments between them. An item
        is removed with the comma after it; a trailing comma at the end does no harm."""
        old = self._old
        added_last: list[str] = []
        deleted: set[int] = set()
        for kind, index, item in self._changes(value):
            if kind == "replace":
                each = old.items[index]
                yield Edit(each.start, each.end, self._like(index, item))
            elif kind == "delete":
                deleted.add(index)
                yield from self._without_item(old.items[index])
            elif index < len(old.items):
                start = old.items[index].start
                yield Edit(start, start, f"{self._like(index, item)}, ")
            else:
                added_last.append(self._like(index - 1, item))
        if added_last and not old.items:
            yield Edit(old.start + 1, old.start + 1, ", ".join(added_last))
        elif added_last:
            last = old.items[-1]
            comma = self._comma(last)
            is_gone = len(old.items) - 1 in deleted
            end = last.end if comma is None else comma + 1
            lead = ", " if comma is None and not is_gone else " "
            yield Edit(end, end, lead + ", ".join(added_last))

    def without(self, key: Span, gone: Collection[int]) -> Iterator[Edit]:
        """The edits that remove the items at these indices. Raises NotEditableError."""
        text, old = self._text, self._old
        remain = [each for index, each in enumerate(old.items) if index not in gone]
        if not old.is_flow:
            indent = text[line_start(text, old.start) : old.start]
            if indent.strip(" "):
                raise NotEditableError("there is a tag or an anchor before the list")
            if not remain:
                colon = text.index(":", key.end) + 1
                yield Edit(colon, colon, " []")
            for index in gone:
                yield self._without_lines(old.items[index], column=len(indent))
        elif self.has_comments:
            for index in gone:
                yield from self._without_item(old.items[index])
        elif not remain:
            yield Edit(old.start, old.end, "[]")
        else:
            first, last = old.items[0], old.items[-1]
            between = text[first.end : old.items[1].start]
            kept = between.join(text[each.start : each.end] for each in remain)
            yield Edit(first.start, last.end, kept)

    def _without_item(self, item: Span) -> Iterator[Edit]:
        """Remove an item of a flow list, and the comma after it."""
        yield Edit(item.start, item.end, "")
        comma = self._comma(item)
        if comma is not None:
            yield Edit(comma, comma + 1, "")

    def _comma(self, item: Span) -> int | None:
        found = _COMMA.match(self._text, item.end)
        return found.end() - 1 if found else None

    def _like(self, index: int, item: str) -> str:
        """The item as a scalar, in the style of the list's item at this index, if there is one."""
        items = self._old.items
        model = items[max(index, 0)] if items else None
        written = self._text[model.start : model.end] if model is not None else ""
        if model is not None and model.value == item:
            return written
        return scalar_like(written, item, around=self._around)

    def _changes(self, value: Sequence[str]) -> Iterator[tuple[str, int, str]]:
        """Yields (`replace`, index, new), (`delete`, index, "") and (`insert`, before index, new).

        A replaced item keeps its position, and with it the comment next to it.
        """
        for tag, start, end, new_start, new_end in self._matched(value):
            if tag == "equal":
                continue
            both = min(end - start, new_end - new_start)
            for offset in range(both):
                yield "replace", start + offset, value[new_start + offset]
            for index in range(start + both, end):
                yield "delete", index, ""
            for position in range(new_start + both, new_end):
                yield "insert", start + both, value[position]

    def _models(self, value: Sequence[str]) -> Iterator[tuple[int, int]]:
        """For each place in `value`, the index of the item there, or of one beside it."""
        for _, start, end, new_start, new_end in self._matched(value):
            for place in range(new_start, new_end):
                yield min(start + place - new_start, end - 1), place

    def _matched(self, value: Sequence[str]) -> Iterator[tuple[str, int, int, int, int]]:
        items = [item.value for item in self._old.items]
        yield from difflib.SequenceMatcher(a=items, b=list(value), autojunk=False).get_opcodes()
