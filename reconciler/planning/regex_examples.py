"""What the regex of a slot filler extracts, and whether its slot's examples say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.model.rules.engines import PATTERN_TOO_COMPLEX
from reconciler.model.rules.examples import EXAMPLES_NOT_RUN
from reconciler.model.slot import Examples
from reconciler.patterns.ecmascript.literal import NotDelimitedError, literal
from reconciler.patterns.ecmascript.matching import NotRunnableError, first_match
from reconciler.patterns.ecmascript.parsing import InvalidPatternError, read
from reconciler.patterns.matching import MATCH_SECONDS, PatternTimeoutError
from reconciler.patterns.required import required_in
from reconciler.planning.extraction import Extraction
from reconciler.planning.finding import Finding
from reconciler.planning.own_examples import judged

_HALF = re.compile("[\ud800-\udfff]")
"""Half of a character, which JavaScript may extract and nobody can print."""


def findings(regex: str, examples: Examples) -> Iterator[Finding]:
    """The examples that the regex contradicts. The regex must not be known to hang: that is for the
    caller to ask `regex_faults`."""
    try:
        yield from judged(examples, lambda text: extracted(regex, text))
    except PatternTimeoutError:
        yield Finding(
            ("regex",),
            PATTERN_TOO_COMPLEX,
            f"matching an example took longer than {MATCH_SECONDS} s",
            "Avoid nested repetitions.",
        )
    except NotRunnableError:
        yield Finding(
            ("examples",),
            EXAMPLES_NOT_RUN,
            "the examples were not tried: only a JavaScript engine can run this regex",
            'Install it with pip install "slot-reconciler[ecmascript]".',
        )


def required_of(regex: str) -> str:
    """The longest text, as far as the regex shows it, that every match contains; it may be empty.
    It is lower-case ASCII."""
    try:
        reading = read(literal(regex).body)
    except (NotDelimitedError, InvalidPatternError):
        return ""
    return required_in(reading.tree) if reading.is_exact else ""


def extracted(regex: str, text: str) -> Extraction | None:
    """The first match in the text, or None; a regex with faults extracts nothing, and so does an
    empty match. Raises PatternTimeoutError and NotRunnableError."""
    try:
        value = first_match(literal(regex).body, text)
    except NotDelimitedError:
        return None
    return Extraction(value=_HALF.sub("\ufffd", value), pattern=regex) if value else None
