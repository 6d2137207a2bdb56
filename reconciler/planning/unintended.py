"""Characters in a pattern that nobody typed on purpose: they came with a YAML block, an escape in
double quotes, or text copied from elsewhere. A message must contain them too for a match.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from reconciler.model.lookalikes import is_shapeless
from reconciler.model.rules.characters import (
    PATTERN_CURLY_QUOTE,
    PATTERN_INVISIBLE_CHARACTER,
    PATTERN_LINE_BREAK,
    PATTERN_ODD_SPACE,
    PATTERN_OUTER_BLANK,
)
from reconciler.planning.finding import PatternFault
from reconciler.planning.plain import MAX_ANALYSED_LENGTH

_BREAK = re.compile("[\r\n\x85\u2028\u2029]")
_OUTER_BLANK = re.compile(r"\A[ \t](?![?*+{])|(?<!\\)[ \t]\Z")
"""A blank that is escaped or repeated is deliberate."""
_ODD_SPACE = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_JOINING = "\u200c\u200d\ufe0e\ufe0f"
"""Emoji and several scripts are written with them."""
_STRAIGHT = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
}


def unintended(pattern: str) -> Iterator[PatternFault]:
    """One warning for each kind, with the fix."""
    if len(pattern) > MAX_ANALYSED_LENGTH or (
        pattern.isascii() and pattern.isprintable() and pattern == pattern.strip()
    ):
        return
    if _BREAK.search(pattern):
        yield PatternFault(
            PATTERN_LINE_BREAK,
            "the pattern "
            + ("ends with" if not _BREAK.search(pattern.rstrip()) else "has")
            + " a line break",
            r"Write it on one line after its `- `, or use |-, which drops the last line break. "
            r"If it is meant, write \n in single quotes.",
        )
    if _OUTER_BLANK.search(_BREAK.sub("", pattern)):
        yield PatternFault(
            PATTERN_OUTER_BLANK,
            "the pattern begins or ends with a space",
            "Remove it. If it is meant, write it as [ ].",
        )
    yield from _characters(pattern)


def _characters(pattern: str) -> Iterator[PatternFault]:
    space = _ODD_SPACE.search(pattern)
    if space is not None:
        yield PatternFault(
            PATTERN_ODD_SPACE,
            f"the pattern has {_called(space.group())}, which is not equal to an ordinary space",
            r"Type an ordinary space; in a regular expression, \s matches every kind of space.",
        )
    hidden = next(_hidden(pattern), None)
    if hidden is not None:
        yield PatternFault(
            PATTERN_INVISIBLE_CHARACTER,
            f"the pattern has {_called(hidden)}, which is invisible",
            "Retype the pattern. YAML interprets a backslash in double quotes: use single quotes.",
        )
    curly = next((each for each in pattern if _STRAIGHT.get(each, each) not in pattern), None)
    if curly is not None:
        straight = _STRAIGHT[curly]
        yield PatternFault(
            PATTERN_CURLY_QUOTE,
            f"the pattern has {_called(curly)}, but not {straight}, which most people type",
            f"Type {straight}; in a regular expression, [{straight}{curly}] matches both.",
        )


def _hidden(pattern: str) -> Iterator[str]:
    for index, character in enumerate(pattern):
        if character == "\t" or _BREAK.match(character) or not is_shapeless(character):
            continue
        if character in _JOINING and not pattern[:index][-1:].isascii():
            continue
        yield character


def _called(character: str) -> str:
    name = unicodedata.name(character, "a control character").lower()
    return f"U+{ord(character):04X} ({name})"
