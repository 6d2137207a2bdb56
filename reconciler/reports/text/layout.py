"""Lines that fit the terminal, and lists that end with a count of the rest.

Widths are in terminal columns, of which some characters take two and some none. A `width` of None
means that the output is not a terminal, where nothing is wrapped: one line stays one line for grep.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import click

_HANGING = 2
_NARROWEST = 20
"""Columns. Text is not wrapped to less than this, even if the terminal is narrower."""

Item = TypeVar("Item")


def columns_of(text: str) -> int:
    """The number of columns that `text` takes; our colours take none."""
    text = click.unstyle(text)
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # noqa: PLC0415 - its tables take a twentieth of a start

    return max(0, wcswidth(text))


def wrapped(text: str, *, width: int | None, indent: int = 0) -> list[str]:
    """`text` in lines of at most `width` columns, each with the indentation; a word that is longer
    than a line is cut."""
    margin = " " * indent
    if width is None:
        return [f"{margin}{text}"]
    room = max(width - indent, _NARROWEST)
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if columns_of(longer) <= room:
            lines[-1] = longer
            continue
        first, *rest = _cut(word, room)
        lines[-1:] = [lines[-1], first, *rest] if lines[-1] else [first, *rest]
    return [f"{margin}{line}" for line in lines]


def hanging(text: str, *, width: int | None) -> list[str]:
    """The same, with every line but the first indented."""
    first, *others = wrapped(text, width=width if width is None else width - _HANGING)
    return [first, *(f"{' ' * _HANGING}{each}" for each in others)]


def clipped(text: str, *, width: int | None) -> str:
    """`text`, which has no colours, in one line of at most `width` columns."""
    if width is None or columns_of(text) <= width:
        return text
    return f"{_cut(text, max(1, width - 1))[0]}…"


def _cut(word: str, room: int) -> list[str]:
    pieces, used = [""], 0
    for character in click.unstyle(word):
        columns = columns_of(character)
        if used + columns > room:
            pieces.append("")
            used = 0
        pieces[-1] += character
        used += columns
    return pieces


def capped(items: Sequence[Item], *, most: int) -> tuple[Sequence[Item], int]:
    """The first items, and how many more there are; never just one more, which would take the line
    that says so."""
    return (items, 0) if len(items) <= most + 1 else (items[:most], len(items) - most)


def indented(lines: Iterable[str], *, indent: int) -> Iterator[str]:
    """Each line, further to the right."""
    yield from (f"{' ' * indent}{line}" for line in lines)
