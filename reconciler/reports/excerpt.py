"""The line that a problem stands in, with a caret under its column."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from reconciler.model.problem import Source
from reconciler.reports.escaping import plain

_AROUND = 60
"""Characters shown on either side of the column: a line may be megabytes."""


def excerpt_lines(source: Source) -> Iterator[str]:
    """Two lines, or none where the file has nothing to show there.

    The caret is right in a terminal: it is placed after escaping, by the width of what stands
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
    yield f"    {' ' * len(number)} | {' ' * _width(before)}^"


def _width(text: str) -> int:
    """Columns that a terminal takes for `text`, which holds no control characters."""
    return sum(_width_of(character) for character in text)


def _width_of(character: str) -> int:
    is_joined = "\u1160" <= character <= "\u11ff"  # Hangul vowels and finals join what precedes
    if is_joined or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
