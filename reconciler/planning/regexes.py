"""What the regex of a slot filler extracts from a text, and which text that must contain."""

from __future__ import annotations

import re

from reconciler.patterns.ecmascript.literal import NotDelimitedError, literal
from reconciler.patterns.ecmascript.matching import first_match
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from reconciler.patterns.required import required_in

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which JavaScript may extract and nobody can print."""


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
