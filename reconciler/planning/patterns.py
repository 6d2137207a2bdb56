"""The rules for one pattern, and what a slot's patterns extract from a text.

The only importer of `regex`, whose matching can be given a time limit: no pattern that a user
writes can hang this process.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from reconciler.model.slot import FillStrategy, SlotContent

MAX_PATTERN_LENGTH = 50
"""Characters; the vendor's limit."""
MATCH_SECONDS = 0.5
"""The most that one match may take; an ordinary one takes microseconds."""

MAX_REPETITIONS = 100_000
"""Counted repetitions, multiplied. `regex` writes them out, and a few characters such as
`(){99999999}` make it take all memory; real patterns stay below ten thousand."""

_COUNT = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_RECURSION = re.compile(r"(?<!\\)\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)")
_UNSUPPORTED_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*(\\(?:u|U|x\{|p\{|P\{|N\{))")


@dataclass(frozen=True)
class PatternFault:
    """What is wrong with a pattern: rule id, message, hint."""

    rule: str
    message: str
    hint: str


@dataclass(frozen=True)
class Extraction:
    """A value, and the pattern that took it."""

    value: str
    pattern: str


class PatternTimeoutError(Exception):
    """A match did not end within MATCH_SECONDS, or within the memory that `regex` gives it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


def faults(pattern: str) -> Iterator[PatternFault]:
    """Everything that makes the tenant refuse a regular expression, or fail to train it."""
    if not pattern:
        yield PatternFault("pattern-empty", "the pattern is empty", "Remove it.")
        return
    if len(pattern) > MAX_PATTERN_LENGTH:
        yield PatternFault(
            "pattern-too-long",
            f"the pattern has {len(pattern)} characters, and the tenant takes "
            f"{MAX_PATTERN_LENGTH} at most",
            "Split it into two patterns.",
        )
    if _repetitions(pattern) > MAX_REPETITIONS:
        yield PatternFault(
            "pattern-too-complex",
            f"its counted repetitions multiply to more than {MAX_REPETITIONS:,}",
            "Use + or *, or smaller counts.",
        )
        return
    recursion = _RECURSION.search(pattern)
    if recursion:
        yield PatternFault(
            "pattern-invalid",
            f"{recursion.group()} refers back to a pattern, which is no regular expression",
            "Write it without recursion.",
        )
        return
    escape = _UNSUPPORTED_ESCAPE.search(pattern)
    if escape:
        yield PatternFault(
            "pattern-unicode-escape",
            f"the escape {escape.group(1)} makes the tenant's retraining fail",
            "Write the character itself, or a class of characters.",
        )
        return
    try:
        _compiled(pattern, ignore_case=False)
    except (regex.error, RecursionError, OverflowError) as error:
        yield PatternFault(
            "pattern-invalid", f"not a regular expression: {error}", "Correct the pattern."
        )


def extract(content: SlotContent, text: str) -> Extraction | None:
    """What the slot takes from `text` by its fill strategy, or None.

    `firstMatch` takes the first pattern that matches, `strict` the first that matches the whole
    text; `bestMatch` and `fuzzy` the longest match, `fuzzy` whatever the case. A slot that is
    not of type `regex` has literal phrases, in any case.

    Raises PatternTimeoutError. Patterns with faults extract nothing.
    """
    best: Extraction | None = None
    for pattern in content.patterns:
        value = _matched(content, pattern, text)
        if value is None:
            continue
        found = Extraction(value=value, pattern=pattern)
        if content.fill_strategy in (FillStrategy.FIRST_MATCH.value, FillStrategy.STRICT.value):
            return found
        if best is None or len(found.value) > len(best.value):
            best = found
    return best


def _matched(content: SlotContent, pattern: str, text: str) -> str | None:
    is_regex = content.type == "regex"
    try:
        compiled = _compiled(
            pattern if is_regex else regex.escape(pattern, literal_spaces=True),
            ignore_case=not is_regex or content.fill_strategy == FillStrategy.FUZZY.value,
        )
    except (regex.error, RecursionError, OverflowError):
        return None
    whole = content.fill_strategy == FillStrategy.STRICT.value
    match = compiled.fullmatch if whole else compiled.search
    try:
        found = match(text, timeout=MATCH_SECONDS)
    except (TimeoutError, MemoryError):  # the latter from patterns that call themselves
        raise PatternTimeoutError(pattern) from None
    return found.group() if found else None


def _repetitions(pattern: str) -> int:
    """An upper bound, whatever is nested in what: all counts multiplied."""
    product = 1
    for least, most in _COUNT.findall(pattern):
        product *= max((1, *(int(count[:9]) for count in (least, most) if count)))
        if product > MAX_REPETITIONS:
            break
    return product


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> regex.Pattern[str]:
    """Raises `regex.error` for what is no pattern, or one that would take all memory."""
    if _RECURSION.search(pattern):
        raise regex.error("it refers back to a pattern")
    if _repetitions(pattern) > MAX_REPETITIONS:
        raise regex.error(f"its repetitions multiply to more than {MAX_REPETITIONS:,}")
    return regex.compile(pattern, regex.IGNORECASE if ignore_case else 0)
