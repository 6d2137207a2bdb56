"""A real ECMAScript engine, from the optional package `regress`.

It is asked about characters up to U+FFFF only: it reads a text as code points, and JavaScript
without the flag `u` as 16-bit units. It has no time limit, so it must be asked only what it answers
in a bounded number of steps.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reconciler.patterns.ecmascript.units import is_plain

if TYPE_CHECKING:
    from regress import Regex

_MISREAD = re.compile(r"\\u(?:[Dd][89A-Fa-f]|\{)")
"""The escape of half a character, and what would be a code point with the flag `u`."""


@lru_cache(maxsize=1)
def is_available() -> bool:
    """Whether a version is installed that can be asked. Those before 2026 misread an escape that
    lacks a digit, and crash on some patterns; they do not know modifiers, which shows them."""
    try:
        from regress import Regex, RegressError  # noqa: PLC0415 - it is optional
    except ImportError:
        return False
    try:
        return Regex(r"(?i:\x4)").find("X4") is not None
    except RegressError:
        return False


def can_read(body: str) -> bool:
    """Whether the engine is there and reads the pattern as JavaScript does."""
    return is_available() and is_plain(body) and not _MISREAD.search(body)


def rejection(body: str) -> str | None:
    """Why the engine rejects the pattern; None if it accepts it or cannot read it."""
    if not can_read(body):
        return None
    from regress import RegressError  # noqa: PLC0415 - it is optional

    try:
        _compiled(body)
    except RegressError as error:
        return str(error)
    return None


def search(body: str, text: str) -> str | None:
    """What the engine finds first in the text. The text is plain, and the pattern one that
    the engine can read and does not reject."""
    match = _compiled(body).find(text)
    if match is None:
        return None
    found = match.range()  # in bytes
    return text.encode()[found.start : found.stop].decode()


@lru_cache(maxsize=1024)
def _compiled(body: str) -> Regex:
    from regress import Regex  # noqa: PLC0415 - it is optional

    return Regex(body)
