"""One pattern, trained: how it is compiled, why training refuses it, and what it finds.

The only importer of `regex`, whose `timeout` lets no user's pattern hang the tenant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from reconciler.sandbox.complexity import Shape, shape
from reconciler.sandbox.syntax import ALPHABET

# The last resort behind the structural check: ample for any search in a phrase of six words,
# so that a slow machine does not decide what can be trained.
_TIMEOUT_SECONDS = 2.0
_UNICODE_ESCAPES = "uUpPN"


class TrainingFailed(Exception):
    """The bot cannot be trained with these slots; the message names the slot or the pattern."""


@dataclass(frozen=True)
class Rule:
    """How one pattern is to be read; equal rules find the same, so findings are cached by it."""

    pattern: str
    literal: bool
    whole: bool
    ignore_case: bool


class Matcher:
    """A rule, ready to be applied to candidates."""

    def __init__(self, rule: Rule) -> None:
        """Compile the rule; raises `TrainingFailed` where that cannot or must not be done."""
        self._rule = rule
        self._expression: Any = None
        self._phrase = rule.pattern.casefold()
        self._first: frozenset[str] | None = None
        self._last: frozenset[str] | None = None
        if not rule.literal:
            self._compile(rule)

    def _compile(self, rule: Rule) -> None:
        pattern = rule.pattern
        for escape in _escapes(pattern):
            if escape[1] in _UNICODE_ESCAPES or escape == "\\x{":
                raise TrainingFailed(f"unsupported Unicode escape {escape} in {pattern}")
        try:
            seen = shape(pattern, ignore_case=rule.ignore_case)
        except ValueError as error:
            raise TrainingFailed(f"{pattern} is not understood: {error}") from None
        # Before the engine sees it, which a huge pattern can bring down.
        if seen.too_complex:
            raise TrainingFailed(f"{pattern} is too complex")
        try:
            self._expression = regex.compile(pattern, regex.IGNORECASE if rule.ignore_case else 0)
        except (regex.error, OverflowError, RecursionError, ValueError) as error:
            raise TrainingFailed(f"{pattern} is not a regular expression: {error}") from None
        self._narrow(seen)

    def _narrow(self, seen: Shape) -> None:
        """Learn which candidates need not be read, where the whole of them has to match."""
        pattern = self._rule.pattern
        if "(?" in pattern:
            return  # flags and lookaround change what the structure alone says
        # With alternatives an anchor may bind one of them only; repeated, it may bind nothing.
        plain = "|" not in pattern and not pattern.startswith(("^?", "^*", "^{"))
        if self._rule.whole or (plain and pattern.startswith("^")):
            self._first = seen.first
        if self._rule.whole or (plain and pattern.endswith("$") and pattern[-2:-1] != "\\"):
            self._last = seen.last

    def may_match(self, first: str, last: str) -> bool:
        """Whether a candidate with these outer characters can match at all."""
        return _allows(self._first, first) and _allows(self._last, last)

    def find(self, candidate: str) -> tuple[int, int] | None:
        """Where in the candidate the rule matches; raises `TrainingFailed` if it takes forever."""
        if self._rule.literal:
            return (0, len(candidate)) if candidate.casefold() == self._phrase else None
        apply = self._expression.fullmatch if self._rule.whole else self._expression.search
        try:
            found = apply(candidate, timeout=_TIMEOUT_SECONDS)
        except TimeoutError:
            raise TrainingFailed(f"{self._rule.pattern} is too complex") from None
        return None if found is None or found.start() == found.end() else found.span()


def _allows(members: frozenset[str] | None, character: str) -> bool:
    return members is None or character in members or character not in ALPHABET


def _escapes(pattern: str) -> Iterator[str]:
    r"""Each escape with its letter, and `\x{` whole; an escaped backslash escapes nothing."""
    at = pattern.find("\\")
    while 0 <= at < len(pattern) - 1:
        yield pattern[at : at + 3] if pattern.startswith("\\x{", at) else pattern[at : at + 2]
        at = pattern.find("\\", at + 2)
