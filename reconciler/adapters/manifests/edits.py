"""An edit of a text, and where the text's lines begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

BREAKS = "\n\r\x85\u2028\u2029"
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]|$")


class NotEditableError(Exception):
    """The document is written in a way that cannot be edited in place."""


@dataclass(frozen=True)
class Edit:
    """`text` in place of what is from `start` to `end`."""

    start: int
    end: int
    text: str


def edited(text: str, edits: Iterable[Edit]) -> str:
    """The text after these edits, none of which overlap; of two at one place, the first given comes
    first."""
    # From the end, so that positions stay valid; the later of two edits at one position first.
    for _, edit in sorted(enumerate(edits), key=lambda each: (each[1].start, each[0]))[::-1]:
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def line_start(text: str, place: int) -> int:
    """Where the line of this place begins."""
    return max(text.rfind(each, 0, place) for each in BREAKS) + 1


def line_end(text: str, place: int) -> int:
    """Where the line of this place ends, before its line break."""
    found = _LINE_BREAK.search(text, place)
    return found.start() if found else len(text)


def next_line(text: str, place: int) -> int:
    """Where the line after that of this place begins; the end of the text if there is none."""
    found = _LINE_BREAK.search(text, place)
    return found.end() if found else len(text)
