"""What the analysis says of a text, tried on the slots themselves before it is shown."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.api import Api
from reconciler.model.content import SlotContent
from reconciler.patterns.matching import NotRunnableError, PatternTimeoutError
from reconciler.planning import slot_patterns
from reconciler.planning.analysis import MAX_STEPS, Analysis
from reconciler.planning.extraction import Extractor


class NotTriedError(Exception):
    """A pattern may hang on the text, or cannot be run here. The message says so in a clause."""


@dataclass(frozen=True)
class Values:
    """What a slot extracts from a text before and after; None for nothing."""

    before: str | None
    after: str | None


class Trial:
    """Tries texts on the slots of a plan, with patterns that are known to end."""

    def __init__(self, api: Api) -> None:
        self._extractor = Extractor(api)
        self._analysis = Analysis(api=api, steps=MAX_STEPS)

    def values(self, text: str, before: SlotContent, after: SlotContent) -> Values:
        """Raises NotTriedError."""
        return Values(before=self.value(text, before), after=self.value(text, after))

    def value(self, text: str, content: SlotContent) -> str | None:
        """What the slot extracts. Raises NotTriedError."""
        return self.pattern_and_value(text, content)[1]

    def pattern_and_value(self, text: str, content: SlotContent) -> tuple[str | None, str | None]:
        """By which pattern, and what. Raises NotTriedError."""
        if not slot_patterns.can_run(content, self._analysis):
            raise NotTriedError("a pattern of it may take exponentially long")
        if self._extractor.is_exhausted:
            raise NotTriedError("too many patterns have taken too long")
        try:
            found = self._extractor.extract(content, text)
        except PatternTimeoutError:
            raise NotTriedError("a pattern of it takes too long on this text") from None
        except NotRunnableError:
            raise NotTriedError("only a JavaScript engine could run its regex") from None
        return (found.pattern, found.value) if found else (None, None)
