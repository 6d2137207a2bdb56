r"""One pattern, trained: how it is compiled, why training refuses it, and what it finds.

Whether a pattern is too complex to train is decided from its structure, never by a stopwatch. It
is if a loop can read the same text in two ways, as in `(a+)+`, `(a|aa)+` or `(\d+ ?)+`, for which
a backtracking engine can need exponential time. It also is if it is huge once its counted
repetitions are written out, as the engine does: `(){99999999}` takes all the memory there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from reconciler.patterns.catastrophe import is_ambiguous
from reconciler.patterns.parsing import outline, parse
from reconciler.patterns.required import Edges, required_edges
from reconciler.patterns.syntax import written_out

_MAX_SIZE = 2000  # positions that consume a character
# A last resort after the structural check: ample for any search in a phrase of six words, so that
# a slow machine does not decide what can be trained.
_TIMEOUT_SECONDS = 2.0
_UNICODE_ESCAPES = "uUpPN"


class TrainingFailed(Exception):
    """The bot cannot be trained with these slots; the message names the slot or the pattern."""


@dataclass(frozen=True)
class Rule:
    """How to read one pattern. Equal rules match the same, so matches are cached by rule."""

    pattern: str
    literal: bool
    whole: bool
    ignore_case: bool


class Matcher:
    """A rule, ready to be applied to candidates."""

    def __init__(self, rule: Rule) -> None:
        """Compile the rule; raises `TrainingFailed` if that is impossible or refused."""
        self._rule = rule
        self._expression: Any = None
        self._phrase = rule.pattern.casefold()
        self._edges = Edges()
        if not rule.literal:
            self._compile(rule)

    def _compile(self, rule: Rule) -> None:
        pattern = rule.pattern
        for escape in _escapes(pattern):
            if escape[1] in _UNICODE_ESCAPES or escape == "\\x{":
                raise TrainingFailed(f"unsupported Unicode escape {escape} in {pattern}")
        # Before the engine sees it: a huge pattern can bring it down.
        tree = outline(pattern)
        if tree is None:
            raise TrainingFailed(f"{pattern} cannot be parsed: its brackets are not balanced")
        if written_out(tree) > _MAX_SIZE or is_ambiguous(tree, ignore_case=rule.ignore_case):
            raise TrainingFailed(f"{pattern} is too complex")
        try:
            self._expression = regex.compile(pattern, regex.IGNORECASE if rule.ignore_case else 0)
        except (regex.error, OverflowError, RecursionError, ValueError) as error:
            raise TrainingFailed(f"{pattern} is not a regular expression: {error}") from None
        self._edges = _edges(rule)

    def may_match(self, first: str, last: str) -> bool:
        """Whether a candidate with these outer characters can match at all."""
        return self._edges.allow(first, last)

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


def _edges(rule: Rule) -> Edges:
    """The outer characters of candidates that can match, so that others are skipped."""
    tree = parse(rule.pattern)
    if tree is None or (rule.ignore_case and not rule.pattern.isascii()):
        return Edges()  # for some letters beyond ASCII, the other case is in ASCII
    return required_edges(tree, whole=rule.whole, ignore_case=rule.ignore_case)


def _escapes(pattern: str) -> Iterator[str]:
    r"""Each escape with its letter, and all of `\x{`; an escaped backslash escapes nothing."""
    at = pattern.find("\\")
    while 0 <= at < len(pattern) - 1:
        yield pattern[at : at + 3] if pattern.startswith("\\x{", at) else pattern[at : at + 2]
        at = pattern.find("\\", at + 2)
