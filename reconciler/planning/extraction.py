"""What a slot's patterns extract from a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reconciler.model.slot import FillStrategy, SlotContent
from reconciler.patterns.matching import PatternTimeoutError, matched

MAX_TIMEOUTS = 10
"""So many patterns may take too long before an extractor runs nothing any more: with
MATCH_SECONDS it bounds what examples can cost, however many there are."""


@dataclass(frozen=True)
class Extraction:
    """A value, and the pattern that took it."""

    value: str
    pattern: str


class Extractor:
    """Extracts, and remembers what took too long: no pattern is waited for twice."""

    def __init__(self) -> None:
        self._given_up: set[str] = set()

    @property
    def is_exhausted(self) -> bool:
        """Whether so much time was lost that nothing should be run any more."""
        return len(self._given_up) >= MAX_TIMEOUTS

    def extract(self, content: SlotContent, text: str) -> Extraction | None:
        """What the slot takes from `text` by its fill strategy, or None.

        `firstMatch` takes the first pattern that matches, `strict` the first that matches the
        whole text; `bestMatch` and `fuzzy` the longest match, `fuzzy` whatever the case. A slot
        that is not of type `regex` has literal phrases, in any case.

        Raises PatternTimeoutError. Patterns with faults extract nothing.
        """
        best: Extraction | None = None
        for pattern in content.patterns:
            value = self._matched(content, pattern, text)
            if value is None:
                continue
            found = Extraction(value=value, pattern=pattern)
            if content.fill_strategy in (FillStrategy.FIRST_MATCH.value, FillStrategy.STRICT.value):
                return found
            if best is None or len(found.value) > len(best.value):
                best = found
        return best

    def _matched(self, content: SlotContent, pattern: str, text: str) -> str | None:
        if pattern in self._given_up:
            raise PatternTimeoutError(pattern)
        try:
            return matched(
                pattern if content.type == "regex" else re.escape(pattern),
                text,
                ignore_case=ignores_case(content),
                whole=content.fill_strategy == FillStrategy.STRICT.value,
            )
        except PatternTimeoutError:
            self._given_up.add(pattern)
            raise PatternTimeoutError(pattern) from None


def ignores_case(content: SlotContent) -> bool:
    """Whether the slot's patterns match whatever the case."""
    return content.type != "regex" or content.fill_strategy == FillStrategy.FUZZY.value
