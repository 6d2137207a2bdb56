"""Where Python's engines and ECMAScript differ.

Each row describes a construct: the regular expression for its token, the message and the hint. A
row with a `spelling` is a construct that ECMAScript supports and Python does not; it is rewritten
before the pattern is run here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from reconciler.patterns.tokens import tokens


class Reading(Enum):
    """How other engines treat a construct."""

    NOT_ECMASCRIPT = "only Python's engines accept it"
    NOT_PORTABLE = "ECMAScript accepts it, but Python rejects it or reads it differently"


NOT_ECMASCRIPT, NOT_PORTABLE = Reading.NOT_ECMASCRIPT, Reading.NOT_PORTABLE


@dataclass(frozen=True)
class Difference:
    """`construct` is a regular expression for the whole token. `says` completes "{token} is …";
    `spelling`, if given, is a template for the same construct in Python."""

    reading: Reading
    construct: re.Pattern[str]
    says: str
    hint: str
    spelling: str | None = None


def _row(
    reading: Reading, construct: str, says: str, hint: str, *, spelling: str | None = None
) -> Difference:
    return Difference(reading, re.compile(construct, re.DOTALL), says, hint, spelling)


_PLAIN_GROUP = "Use a plain group, ( … ): its name is not used."
DIFFERENCES = (
    _row(NOT_ECMASCRIPT, r"\(\?P<.*", "a named group in Python's syntax", _PLAIN_GROUP),
    _row(NOT_ECMASCRIPT, r"\(\?P=.*", "a reference in Python's syntax", "Use \\1."),
    _row(NOT_ECMASCRIPT, r"\\g<.*", "a reference in Python's syntax", "Use \\1."),
    _row(NOT_ECMASCRIPT, r"(?:[*+?]|\{.*\})\+", "a possessive quantifier", "Remove the last +."),
    _row(NOT_ECMASCRIPT, r"\(\?>", "an atomic group", "Use (?: … )."),
    _row(NOT_ECMASCRIPT, r"\(\?\|", "a branch reset", "Use (?: … )."),
    _row(
        NOT_ECMASCRIPT,
        r"\\A",
        "the start of the text in Python, but the letter A in ECMAScript",
        "Use ^.",
    ),
    _row(
        NOT_ECMASCRIPT,
        r"\\[Zz]",
        "the end of the text in Python, but a letter in ECMAScript",
        "Use $.",
    ),
    _row(
        NOT_ECMASCRIPT,
        r"\(\?[A-Za-z0-9-]*[):]",
        "an inline flag",
        "Write both cases, as in [Aa], or use the fill strategy `fuzzy`.",
    ),
    _row(NOT_ECMASCRIPT, r"\(\?\(.*", "a condition", "Write one pattern for each case."),
    _row(NOT_ECMASCRIPT, r"\(\?#.*", "a comment", "Move it to a YAML comment."),
    _row(NOT_ECMASCRIPT, r"\(\*.*", "a backtracking verb", "Remove it."),
    _row(NOT_ECMASCRIPT, r"\[.*\[:\^?\w+:\].*", "a POSIX class", "Use \\d, \\w or a range."),
    _row(NOT_ECMASCRIPT, r"\{.*[eids].*\}", "fuzzy matching", "Write out the variants."),
    _row(
        NOT_ECMASCRIPT, r"\\a", "the bell in Python, but the letter a in ECMAScript", "Use \\x07."
    ),
    _row(
        NOT_ECMASCRIPT,
        r"\\[GKLMmRXhQ].*",
        "an escape in one Python engine, but a letter in others",
        "Write out what it stands for.",
    ),
    _row(
        NOT_PORTABLE,
        r"\(\?<\w+>",
        "a named group that Python's `re` does not support",
        _PLAIN_GROUP,
    ),
    _row(
        NOT_PORTABLE,
        r"\\k<(\w+)>",
        "a reference that Python does not support",
        "Use \\1.",
        spelling=r"(?P=\1)",
    ),
    _row(
        NOT_PORTABLE,
        r"\\c([A-Za-z])",
        "a control character that Python does not support",
        "Use \\x and its two hex digits.",
        spelling="\\x",
    ),
    _row(
        NOT_PORTABLE,
        r"\[\^\]",
        "any character in ECMAScript, but an unclosed set in Python",
        "Use [\\s\\S].",
        spelling=r"[\\s\\S]",
    ),
    _row(
        NOT_PORTABLE,
        r"\[\]",
        "a set that matches nothing in ECMAScript, but an unclosed set in Python",
        "Remove it.",
        spelling="(?!)",
    ),
    _row(
        NOT_PORTABLE,
        r"\[\^?\].+",
        "a set that ends at its first ] in ECMAScript, but at its second in Python",
        "Write \\] inside a set.",
    ),
    _row(
        NOT_PORTABLE,
        r"\{,\d+\}[+?]?",
        "a repetition from 0 in Python, but plain text in ECMAScript",
        "Write the 0.",
    ),
    _row(
        NOT_PORTABLE,
        r"\[.*(?:--|&&|\|\||~~).*\]",
        "a set operation in some engines, but a plain set in others",
        "Write the ranges one after another, and escape a literal - & | ~.",
    ),
)

_SUSPICIOUS = re.compile(
    r"\(\?[^:=!]|\(\*|[*+?}]\+|\\[^dDwWsSbBnrtfv\W\d_x]|\[\^?\]|\{[,eids]|\[:|\[.*(?:--|&&|\|\||~~)"
)
"""A pattern that does not match this contains none of the constructs above; most do not."""


def differences(pattern: str) -> Iterator[tuple[str, Difference]]:
    """Each construct that engines disagree about, once, with its first token."""
    if not _SUSPICIOUS.search(pattern):
        return
    seen: set[Difference] = set()
    for _, text in tokens(pattern):
        difference = _difference(text)
        if difference is not None and difference not in seen:
            seen.add(difference)
            yield text, difference


def for_python(pattern: str) -> str:
    """The pattern with constructs that only ECMAScript supports rewritten for Python."""
    if not _SUSPICIOUS.search(pattern):
        return pattern
    return "".join(_respelt(text) for _, text in tokens(pattern))


def _respelt(text: str) -> str:
    difference = _difference(text)
    if difference is None or difference.spelling is None:
        return text
    if text.startswith("\\c"):
        return f"\\x{ord(text[2]) % 32:02x}"
    return difference.construct.sub(difference.spelling, text)


@lru_cache(maxsize=512)
def _difference(text: str) -> Difference | None:
    if len(text) == 1:
        return None
    return next((each for each in DIFFERENCES if each.construct.fullmatch(text)), None)
