"""Where Python's engines and ECMAScript part.

One row a construct: how its token looks, what is to be said, and the way out. A row with a
spelling is what ECMAScript knows and Python does not: such a pattern is rewritten before it is
tried here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from reconciler.patterns.tokens import tokens


class Reading(Enum):
    """How a construct fares with other engines."""

    NOT_ECMASCRIPT = "only Python's engines accept it"
    NOT_PORTABLE = "ECMAScript accepts it, and Python does not or reads it in another way"


NOT_ECMASCRIPT, NOT_PORTABLE = Reading.NOT_ECMASCRIPT, Reading.NOT_PORTABLE


@dataclass(frozen=True)
class Difference:
    """`construct` is a regular expression over one whole token. `says` completes "{token} is …";
    `spelling`, where given, is a template of the same for Python."""

    reading: Reading
    construct: re.Pattern[str]
    says: str
    hint: str
    spelling: str | None = None


def _row(
    reading: Reading, construct: str, says: str, hint: str, *, spelling: str | None = None
) -> Difference:
    return Difference(reading, re.compile(construct, re.DOTALL), says, hint, spelling)


_PLAIN_GROUP = "Use a plain group, ( … ): nothing here asks for its name."
DIFFERENCES = (
    _row(NOT_ECMASCRIPT, r"\(\?P<.*", "a named group as Python writes it", _PLAIN_GROUP),
    _row(NOT_ECMASCRIPT, r"\(\?P=.*", "a reference as Python writes it", "Use \\1."),
    _row(NOT_ECMASCRIPT, r"\\g<.*", "a reference as Python writes it", "Use \\1."),
    _row(NOT_ECMASCRIPT, r"(?:[*+?]|\{.*\})\+", "a possessive quantifier", "Leave the last + out."),
    _row(NOT_ECMASCRIPT, r"\(\?>", "an atomic group", "Use (?: … )."),
    _row(NOT_ECMASCRIPT, r"\(\?\|", "a branch reset", "Use (?: … )."),
    _row(NOT_ECMASCRIPT, r"\\A", "the start of the text, and the letter A there", "Use ^."),
    _row(NOT_ECMASCRIPT, r"\\[Zz]", "the end of the text, and a letter there", "Use $."),
    _row(
        NOT_ECMASCRIPT,
        r"\(\?[A-Za-z0-9-]*[):]",
        "an inline flag",
        "Spell both cases out, as in [Aa], or use the strategy `fuzzy`.",
    ),
    _row(NOT_ECMASCRIPT, r"\(\?\(.*", "a condition", "Write one pattern for each case."),
    _row(NOT_ECMASCRIPT, r"\(\?#.*", "a comment", "Move it behind a # of the YAML file."),
    _row(NOT_ECMASCRIPT, r"\(\*.*", "a verb of backtracking", "Leave it out."),
    _row(NOT_ECMASCRIPT, r"\[.*\[:\^?\w+:\].*", "a POSIX class", "Use \\d, \\w or a range."),
    _row(NOT_ECMASCRIPT, r"\{.*[eids].*\}", "fuzzy matching", "Spell the variants out."),
    _row(NOT_ECMASCRIPT, r"\\a", "the bell, and the letter a there", "Use \\x07."),
    _row(
        NOT_ECMASCRIPT,
        r"\\[GKLMmRXhQ].*",
        "an escape of one Python engine, and a letter elsewhere",
        "Spell out what it stands for.",
    ),
    _row(
        NOT_PORTABLE, r"\(\?<\w+>", "a named group that Python's `re` does not know", _PLAIN_GROUP
    ),
    _row(
        NOT_PORTABLE,
        r"\\k<(\w+)>",
        "a reference that Python does not know",
        "Use \\1.",
        spelling=r"(?P=\1)",
    ),
    _row(
        NOT_PORTABLE,
        r"\\c([A-Za-z])",
        "a control character that Python does not know",
        "Use \\x and its two digits.",
        spelling="\\x",
    ),
    _row(
        NOT_PORTABLE,
        r"\[\^\]",
        "any character in ECMAScript, and in Python no set that ends",
        "Use [\\s\\S].",
        spelling=r"[\\s\\S]",
    ),
    _row(
        NOT_PORTABLE,
        r"\[\]",
        "nothing at all in ECMAScript, and in Python no set that ends",
        "Leave it out.",
        spelling="(?!)",
    ),
    _row(
        NOT_PORTABLE,
        r"\[\^?\].+",
        "a set that ends at its first ] in ECMAScript, and at its second in Python",
        "Write \\] within a set.",
    ),
    _row(
        NOT_PORTABLE,
        r"\{,\d+\}[+?]?",
        "a repetition from 0 in Python, and plain text in ECMAScript",
        "Write the 0.",
    ),
    _row(
        NOT_PORTABLE,
        r"\[.*(?:--|&&|\|\||~~).*\]",
        "an operation on sets to some engines, and a plain set to others",
        "Write one range after the other, and escape a literal - & | ~.",
    ),
)

_SUSPICIOUS = re.compile(
    r"\(\?[^:=!]|\(\*|[*+?}]\+|\\[^dDwWsSbBnrtfv\W\d_x]|\[\^?\]|\{[,eids]|\[:|\[.*(?:--|&&|\|\||~~)"
)
"""Without one of these a pattern holds none of the above; most patterns are done here."""


def differences(pattern: str) -> Iterator[tuple[str, Difference]]:
    """Each construct that engines disagree about, once, with the token that is it."""
    if not _SUSPICIOUS.search(pattern):
        return
    told: set[Difference] = set()
    for _, text in tokens(pattern):
        difference = _difference(text)
        if difference is not None and difference not in told:
            told.add(difference)
            yield text, difference


def for_python(pattern: str) -> str:
    """The pattern with what only ECMAScript knows spelt as Python knows it."""
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
