"""Compiling one pattern and searching with it, within its limits.

`regex` can give a match a time limit, as `re` cannot: no pattern that a user writes can hang this
process.
"""

from __future__ import annotations

import re
from functools import lru_cache

import regex

from reconciler.patterns.dialects import for_python
from reconciler.patterns.parsing import parse
from reconciler.patterns.syntax import written_out

MATCH_SECONDS = 0.5
"""The most that one match may take; an ordinary one takes microseconds."""
MAX_REPETITIONS = 100_000
"""States, with counted repetitions written out. `regex` writes them out indeed, and a few
characters such as `(){99999999}` make it take all memory; real patterns stay below ten thousand."""

_COUNT = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_RECURSION = re.compile(r"(?<!\\)\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)")


class PatternTimeoutError(Exception):
    """A match did not end within MATCH_SECONDS, or within the memory that `regex` gives it."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


def matched(pattern: str, text: str, *, ignore_case: bool, whole: bool) -> str | None:
    """What the pattern takes from `text` (all of it, if `whole`), or None; a pattern that is not
    a regular expression takes nothing. Raises PatternTimeoutError."""
    try:
        compiled = _compiled(pattern, ignore_case=ignore_case)
    except (regex.error, RecursionError, OverflowError):
        return None
    match = compiled.fullmatch if whole else compiled.search
    try:
        found = match(text, timeout=MATCH_SECONDS)
    except (TimeoutError, MemoryError):  # the latter from patterns that call themselves
        raise PatternTimeoutError(pattern) from None
    return found.group() if found else None


def recursion(pattern: str) -> str | None:
    """The first place where the pattern calls itself, or a part of itself."""
    found = _RECURSION.search(pattern)
    return found.group() if found else None


def repeats_too_much(pattern: str) -> bool:
    """By what it has when written out; where that is not known, by all counts multiplied, as if
    each were nested in the next."""
    product = 1
    for least, most in _COUNT.findall(pattern):
        product *= max((1, *(int(count[:9]) for count in (least, most) if count)))
        if product > MAX_REPETITIONS:
            tree = parse(pattern)
            return tree is None or written_out(tree) > MAX_REPETITIONS
    return False


def compile_error(pattern: str) -> str | None:
    """Why the pattern is no regular expression, or None."""
    try:
        _compiled(pattern, ignore_case=False)
    except (regex.error, RecursionError, OverflowError) as error:
        return str(error)
    return None


def finds(pattern: str, text: str) -> bool:
    """Whether the pattern, which compiles, is found in the text; False if it takes too long."""
    try:
        return _compiled(pattern, ignore_case=False).search(text, timeout=MATCH_SECONDS) is not None
    except (TimeoutError, MemoryError):
        return False


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> regex.Pattern[str]:
    """Raises `regex.error` for what is no pattern, or one that would take all memory."""
    if recursion(pattern):
        raise regex.error("it refers back to a pattern")
    if repeats_too_much(pattern):
        raise regex.error(f"its repetitions multiply to more than {MAX_REPETITIONS:,}")
    return regex.compile(for_python(pattern), regex.IGNORECASE if ignore_case else 0)
