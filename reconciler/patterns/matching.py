"""Compiling a pattern and searching with it, within limits.

Unlike `re`, `regex` supports a time limit for a match, so that a user's pattern cannot hang this
process.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import regex

from reconciler.patterns.dialects import for_python
from reconciler.patterns.parsing import parse
from reconciler.patterns.syntax import written_out

MATCH_SECONDS = 0.5
"""The time limit for one match; an ordinary one takes microseconds."""
MAX_REPETITIONS = 100_000
"""States, with counted repetitions written out. `regex` really does write them out, so a short
pattern such as `(){99999999}` makes it use up all memory; real patterns stay below ten thousand."""

_COUNT = re.compile(r"\{\s*(\d*)\s*(?:,\s*(\d*)\s*)?\}")
_RECURSION = re.compile(r"(?<!\\)\(\?(?:R|[+-]?\d+|&\w+|P>\w+)\)")


class PatternTimeoutError(Exception):
    """A match did not finish within MATCH_SECONDS, or within the memory limit of `regex`."""

    def __init__(self, pattern: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern


class NotRunnableError(Exception):
    """Only a JavaScript engine can run the pattern, and none is installed or none that would stop
    in time."""


def matched(pattern: str, text: str, *, ignore_case: bool, whole: bool) -> str | None:
    """What the pattern matches in `text` (all of it, if `whole`), or None. An invalid pattern
    matches nothing. Raises PatternTimeoutError."""
    try:
        compiled = _compiled(pattern, ignore_case=ignore_case)
    except (regex.error, RecursionError, OverflowError):
        return None
    return _found(compiled.fullmatch if whole else compiled.search, pattern, text)


def searched(pattern: str, text: str) -> str | None:
    """What a valid pattern in the syntax of `regex` matches in the text, or None. It must not call
    itself, nor repeat too much. Raises PatternTimeoutError."""
    return _found(_translated(pattern).search, pattern, text)


def _found(search: Callable[..., regex.Match[str] | None], pattern: str, text: str) -> str | None:
    try:
        match = search(text, timeout=MATCH_SECONDS)
    except (TimeoutError, MemoryError):  # the latter from patterns that call themselves
        raise PatternTimeoutError(pattern) from None
    return match.group() if match else None


def recursion(pattern: str) -> str | None:
    """The first construct with which the pattern calls itself or a part of itself, if any."""
    match = _RECURSION.search(pattern)
    return match.group() if match else None


def repeats_too_much(pattern: str) -> bool:
    """Whether the pattern has more than MAX_REPETITIONS states when written out. If that is not
    known, all counts are multiplied as if each were nested in the next."""
    product = 1
    for least, most in _COUNT.findall(pattern):
        product *= max((1, *(int(count[:9]) for count in (least, most) if count)))
        if product > MAX_REPETITIONS:
            tree = parse(pattern)
            return tree is None or written_out(tree) > MAX_REPETITIONS
    return False


def compile_error(pattern: str) -> str | None:
    """Why the pattern is not a valid regular expression, or None if it is."""
    try:
        _compiled(pattern, ignore_case=False)
    except (regex.error, RecursionError, OverflowError) as error:
        return str(error)
    return None


def finds(pattern: str, text: str) -> bool:
    """Whether a valid pattern matches in the text; False if that takes too long."""
    try:
        return _compiled(pattern, ignore_case=False).search(text, timeout=MATCH_SECONDS) is not None
    except (TimeoutError, MemoryError):
        return False


@lru_cache(maxsize=4096)
def _compiled(pattern: str, *, ignore_case: bool) -> regex.Pattern[str]:
    """Raises `regex.error` for an invalid pattern, or one that would use up all memory."""
    if recursion(pattern):
        raise regex.error("it calls itself or a part of itself")
    if repeats_too_much(pattern):
        raise regex.error(f"its repetitions multiply to more than {MAX_REPETITIONS:,}")
    return regex.compile(for_python(pattern), regex.IGNORECASE if ignore_case else 0)


@lru_cache(maxsize=1024)
def _translated(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern)
