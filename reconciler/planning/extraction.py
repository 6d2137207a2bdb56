"""What a slot's patterns extract from a text."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.patterns.matching import PatternTimeoutError
from reconciler.planning.dialect import dialect_of

MAX_TIMEOUTS = 10
"""Once this many patterns have taken too long, an extractor runs no more. Together with
MATCH_SECONDS, this bounds what examples can cost, however many there are."""


@dataclass(frozen=True)
class Extraction:
    """A value, and the pattern that extracted it."""

    value: str
    pattern: str


class Extractor:
    """Extracts as an API does, and never runs a pattern again that took too long."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._dialect = dialect_of(api)
        self._given_up: set[str] = set()

    @property
    def is_exhausted(self) -> bool:
        """Whether so many patterns took too long that no more should be run."""
        return len(self._given_up) >= MAX_TIMEOUTS

    def extract(self, content: SlotContent, text: str) -> Extraction | None:
        """What the slot extracts from `text` by its fill strategy, or None.

        Raises PatternTimeoutError and NotRunnableError. Patterns with faults extract nothing.
        """
        strategy = self._api.strategy_of(content)
        best: Extraction | None = None
        for pattern in content.patterns:
            value = self._matched(content, pattern, text, whole=strategy.whole_text)
            if value is None:
                continue
            found = Extraction(value=value, pattern=pattern)
            if strategy.takes_first:
                return found
            if best is None or len(found.value) > len(best.value):
                best = found
        return best

    def _matched(self, content: SlotContent, pattern: str, text: str, *, whole: bool) -> str | None:
        if pattern in self._given_up:
            raise PatternTimeoutError(pattern)
        try:
            return self._dialect.matched(content, pattern, text, whole=whole)
        except PatternTimeoutError:
            self._given_up.add(pattern)
            raise PatternTimeoutError(pattern) from None
