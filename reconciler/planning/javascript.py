"""The dialect of slot fillers: a regex written `/body/` and run by JavaScript."""

from __future__ import annotations

import re

from reconciler.model.content import SlotContent
from reconciler.patterns.ecmascript.literal import NotDelimitedError, literal
from reconciler.patterns.ecmascript.matching import first_match
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from reconciler.patterns.required import required_in
from reconciler.planning import regex_faults
from reconciler.planning.finding import PatternFault

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which JavaScript may extract and nobody can print."""


class JavaScript:
    """A `Dialect`. Only slot fillers have it, whose fill strategies and cases do not differ."""

    def faults_at_sight(self, pattern: str) -> tuple[tuple[PatternFault, ...], bool]:
        """See Dialect."""
        return regex_faults.faults_at_sight(pattern)

    def faults_and_steps(
        self,
        pattern: str,
        *,
        ignore_case: bool,  # noqa: ARG002 - never asked for
    ) -> tuple[tuple[PatternFault, ...], int]:
        """See Dialect."""
        return regex_faults.faults_and_steps(pattern)

    def matched(
        self,
        _content: SlotContent,
        pattern: str,
        text: str,
        *,
        whole: bool,  # noqa: ARG002 - likewise
    ) -> str | None:
        """See Dialect."""
        return extracted(pattern, text)

    def required(self, _content: SlotContent, pattern: str) -> str:
        """See Dialect."""
        return required_of(pattern)


def required_of(regex: str) -> str:
    """The longest text, as far as the regex shows it, that every match contains; it may be empty.
    It is lower-case ASCII."""
    try:
        reading = read(literal(regex).body)
    except (NotDelimitedError, InvalidPatternError):
        return ""
    return required_in(reading.tree) if reading.is_exact else ""


def extracted(regex: str, text: str) -> str | None:
    """The first match in the text, or None; a regex with faults extracts nothing, and so does an
    empty match. Raises PatternTimeoutError and NotRunnableError."""
    try:
        value = first_match(literal(regex).body, text)
    except NotDelimitedError:
        return None
    return _HALF.sub("\ufffd", value) if value else None
