"""The line with a problem, and a caret under its column."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.problem import Source
from reconciler.reports.escaping import plain
from reconciler.reports.text.layout import columns_of

_AROUND = 60
"""Characters shown on either side of the column: a line may be megabytes."""


def excerpt_lines(source: Source) -> Iterator[str]:
    """Two lines, or none if the file has nothing to show there.

    The caret is right in a terminal: it is placed after escaping, by the display width of the text
    before it.
    """
    line = source.excerpt or ""
    if not line.strip(" "):
        return
    position = min(source.column - 1, len(line))
    start, end = max(0, position - _AROUND), position + _AROUND
    before = ("…" if start else "") + plain(line[start:position])
    after = plain(line[position:end]) + ("…" if end < len(line) else "")
    number = str(source.line)
    yield f"    {number} | {before}{after}".rstrip()
    yield f"    {' ' * len(number)} | {' ' * columns_of(before)}^"
